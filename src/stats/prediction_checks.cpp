#include "prediction_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::stats {
namespace {

void check_length(std::size_t found, std::size_t rows, std::string_view what) {
  if (found == rows) return;
  throw Error{ErrorKind::usage, fmt::format("{} true values, but {} {}", rows, found, what)};
}

void check_weights(std::span<const double> weights, std::size_t rows) {
  if (weights.empty()) return;
  check_length(weights.size(), rows, "weights");
  check_finite(weights, "weight");
  const auto negative = std::ranges::find_if(weights, [](double weight) { return weight < 0; });
  if (negative == weights.end()) return;
  throw Error{ErrorKind::usage,
              fmt::format("the weight of row {} is negative: {}", negative - weights.begin() + 1, *negative)};
}

void check_labels(std::span<const std::uint32_t> labels, std::uint32_t classes, std::string_view what) {
  const auto unknown = std::ranges::find_if(labels, [classes](std::uint32_t label) { return label >= classes; });
  if (unknown == labels.end()) return;
  throw Error{ErrorKind::usage, fmt::format("the {} of row {} is class {} of {}, counted from 0", what,
                                            unknown - labels.begin() + 1, *unknown, classes)};
}

void check_class_count(std::uint32_t classes) {
  if (classes >= 1 && classes <= most_classes) return;
  throw Error{ErrorKind::usage, fmt::format("{} classes; there can be 1 to {}", classes, most_classes)};
}

void check_unit_range(std::span<const double> scores, std::size_t columns) {
  const auto outside = std::ranges::find_if(scores, [](double score) { return score < 0 || score > 1; });
  if (outside == scores.end()) return;
  const std::size_t row = static_cast<std::size_t>(outside - scores.begin()) / columns + 1;
  throw Error{ErrorKind::usage, fmt::format("the score of row {} is no probability: {}", row, *outside)};
}

}  // namespace

void check_finite(std::span<const double> values, std::string_view what) {
  const auto odd = std::ranges::find_if(values, [](double value) { return !std::isfinite(value); });
  if (odd == values.end()) return;
  throw Error{ErrorKind::usage,
              fmt::format("the {} of row {} is not a finite number: {}", what, odd - values.begin() + 1, *odd)};
}

void check_rows(const Labelled& rows) {
  check_class_count(rows.classes);
  check_length(rows.predicted.size(), rows.truth.size(), "predicted labels");
  check_labels(rows.truth, rows.classes, "true label");
  check_labels(rows.predicted, rows.classes, "predicted label");
  check_weights(rows.weights, rows.truth.size());
}

void check_rows(const BinaryScores& rows) {
  check_length(rows.scores.size(), rows.truth.size(), "scores");
  check_finite(rows.scores, "score");
  check_weights(rows.weights, rows.truth.size());
}

void check_rows(const ClassScores& rows) {
  check_class_count(rows.classes);
  if (rows.scores.size() / rows.classes != rows.truth.size() || rows.scores.size() % rows.classes != 0) {
    throw Error{ErrorKind::usage, fmt::format("{} true values of {} classes, but {} scores", rows.truth.size(),
                                              rows.classes, rows.scores.size())};
  }
  const auto odd = std::ranges::find_if(rows.scores, [](double score) { return !std::isfinite(score); });
  if (odd != rows.scores.end()) {
    const std::size_t row = static_cast<std::size_t>(odd - rows.scores.begin()) / rows.classes + 1;
    throw Error{ErrorKind::usage, fmt::format("a score of row {} is not a finite number: {}", row, *odd)};
  }
  check_labels(rows.truth, rows.classes, "true label");
  check_weights(rows.weights, rows.truth.size());
}

void check_rows(const NumberPairs& rows) {
  check_length(rows.predicted.size(), rows.truth.size(), "predicted numbers");
  check_finite(rows.truth, "true number");
  check_finite(rows.predicted, "predicted number");
  check_weights(rows.weights, rows.truth.size());
}

void check_rows(const RankedItems& rows) {
  check_length(rows.scores.size(), rows.relevance.size(), "scores");
  check_length(rows.groups.size(), rows.relevance.size(), "groups");
  check_finite(rows.scores, "score");
  check_finite(rows.relevance, "relevance");
  const auto negative = std::ranges::find_if(rows.relevance, [](double relevance) { return relevance < 0; });
  if (negative == rows.relevance.end()) return;
  throw Error{ErrorKind::usage,
              fmt::format("the relevance of row {} is negative: {}", negative - rows.relevance.begin() + 1, *negative)};
}

void check_probabilities(const BinaryScores& rows) {
  check_rows(rows);
  check_unit_range(rows.scores, 1);
}

void check_probabilities(const ClassScores& rows) {
  check_rows(rows);
  check_unit_range(rows.scores, rows.classes);
}

}  // namespace mlops::stats
