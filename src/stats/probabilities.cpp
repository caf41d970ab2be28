#include <mlops/stats/probabilities.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

constexpr double least_probability = std::numeric_limits<double>::epsilon();
constexpr double rounding_of_rows = 0.05;

double kept_from_ends(double probability) { return std::clamp(probability, least_probability, 1 - least_probability); }

std::span<const double> row_of(const ClassScores& rows, std::size_t row) {
  return rows.scores.subspan(row * rows.classes, rows.classes);
}

void check_sum(std::span<const double> probabilities, std::size_t row) {
  double sum = 0;
  for (const double probability : probabilities) sum += probability;
  if (std::abs(sum - 1) <= rounding_of_rows) return;
  throw Error{ErrorKind::usage, fmt::format("the probabilities of row {} add up to {}, not to 1", row + 1, sum)};
}

double loss_of_row(std::span<const double> probabilities, std::uint32_t truth) {
  double sum = 0;
  for (const double probability : probabilities) sum += kept_from_ends(probability);
  return -std::log(kept_from_ends(probabilities[truth]) / sum);
}

double squared_distance(std::span<const double> probabilities, std::uint32_t truth) {
  double sum = 0;
  for (std::size_t label = 0; label < probabilities.size(); ++label) {
    const double distance = probabilities[label] - (label == truth ? 1 : 0);
    sum += distance * distance;
  }
  return sum;
}

template <typename Distance>
MetricValue mean_over_rows(const BinaryScores& rows, Distance distance) {
  check_probabilities(rows);
  WeightedMean mean;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    mean.add(distance(rows.scores[row], rows.truth[row] == rows.positive), weight_of(rows.weights, row));
  }
  return mean_of(mean);
}

template <typename Distance>
MetricValue mean_over_rows(const ClassScores& rows, Distance distance) {
  check_probabilities(rows);
  WeightedMean mean;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    check_sum(row_of(rows, row), row);
    mean.add(distance(row_of(rows, row), rows.truth[row]), weight_of(rows.weights, row));
  }
  return mean_of(mean);
}

// How many stand before the true label in the order of scores.
std::size_t rank_of_truth(std::span<const double> scores, std::uint32_t truth) {
  std::size_t before = 0;
  for (std::size_t label = 0; label < scores.size(); ++label) {
    if (scores[label] > scores[truth] || (!(scores[label] < scores[truth]) && label > truth)) ++before;
  }
  return before;
}

}  // namespace

MetricValue log_loss(const BinaryScores& rows) {
  return mean_over_rows(
      rows, [](double score, bool is_positive) { return -std::log(kept_from_ends(is_positive ? score : 1 - score)); });
}

MetricValue log_loss(const ClassScores& rows) { return mean_over_rows(rows, loss_of_row); }

MetricValue brier(const BinaryScores& rows) {
  return mean_over_rows(rows, [](double score, bool is_positive) {
    const double distance = score - (is_positive ? 1 : 0);
    return distance * distance;
  });
}

MetricValue brier(const ClassScores& rows) { return mean_over_rows(rows, squared_distance); }

MetricValue top_k_accuracy(const ClassScores& rows, std::size_t k) {
  check_rows(rows);
  if (k == 0) throw Error{ErrorKind::usage, "top-k accuracy with k = 0"};
  WeightedMean mean;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    const bool is_among = rank_of_truth(row_of(rows, row), rows.truth[row]) < k;
    mean.add(is_among ? 1 : 0, weight_of(rows.weights, row));
  }
  return mean_of(mean);
}

}  // namespace mlops::stats
