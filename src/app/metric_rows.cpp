#include "metric_rows.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <unordered_map>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

using domain::MetricNeeds;
using domain::PredictionCondition;

[[noreturn]] void fail_metric_rows(std::string text) { throw Error{ErrorKind::usage, std::move(text)}; }

std::uint32_t place_of_label(const std::vector<std::string>& classes, std::string_view label) {
  const auto found = std::ranges::find(classes, label_text(label));
  if (found != classes.end()) return static_cast<std::uint32_t>(found - classes.begin());
  constexpr std::size_t classes_told = 10;
  const std::span<const std::string> told{classes.data(), std::min(classes.size(), classes_told)};
  fail_metric_rows(fmt::format("there is no class `{}`; there are {}{}", printable(label), printable(join(told, ", ")),
                               classes.size() > classes_told ? ", …" : ""));
}

// The class asked for, or the positive one of a task with two classes or a policy that names it.
std::optional<std::uint32_t> label_of(const PredictionCondition& condition, const domain::PredictionRecipe& recipe,
                                      const std::vector<std::string>& classes) {
  if (condition.label) return place_of_label(classes, *condition.label);
  if (recipe.positive) return place_of_label(classes, *recipe.positive);
  if (classes.size() <= 2) return static_cast<std::uint32_t>(classes.size() - 1);
  return std::nullopt;
}

// Equal texts have equal numbers, from 0 on in the order in which they come.
std::vector<std::uint64_t> numbered(const std::vector<std::string>& texts) {
  std::unordered_map<std::string_view, std::uint64_t> numbers;
  std::vector<std::uint64_t> result;
  result.reserve(texts.size());
  for (const std::string& text : texts) result.push_back(numbers.emplace(text, numbers.size()).first->second);
  return result;
}

class MetricRowsReader {
 public:
  MetricRowsReader(const PredictionCondition& condition, const PredictionColumns& own, const PredictionColumns* held)
      : condition_{condition}, own_{own}, held_{held}, recipe_{own.recipe()} {}

  MetricRows read(const std::optional<std::string>& cluster) const {
    MetricRows rows;
    rows.is_compared = held_ != nullptr;
    const MetricNeeds needs = domain::find_prediction_metric(condition_.metric)->needs;
    switch (needs) {
      case MetricNeeds::latency:
        read_numbers(recipe_.latency, rows);
        break;
      case MetricNeeds::numbers:
        rows.true_number = own_.numbers(recipe_.truth);
        read_numbers(recipe_.prediction, rows);
        break;
      case MetricNeeds::scores:
        read_scores(rows);
        break;
      case MetricNeeds::ranking:
        rows.true_number = own_.numbers(recipe_.truth);
        read_numbers(recipe_.score, rows);
        rows.queries = numbered(own_.texts(recipe_.query));
        break;
      default:
        read_labels(rows);
    }
    if (own_.has(recipe_.weight) && needs != MetricNeeds::ranking) rows.weights = own_.numbers(recipe_.weight);
    if (cluster) read_clusters(*cluster, rows);
    return rows;
  }

 private:
  void read_numbers(const std::string& column, MetricRows& rows) const {
    rows.number = own_.numbers(column);
    if (held_ != nullptr) rows.held_number = held_->numbers(column);
  }

  void read_labels(MetricRows& rows) const {
    const auto truth = label_texts(own_, recipe_.truth);
    const auto predicted = label_texts(own_, recipe_.prediction);
    std::vector<std::string> held;
    if (held_ != nullptr) held = label_texts(*held_, recipe_.prediction);
    const auto classes = classes_of({&truth, &predicted, &held});
    rows.classes = static_cast<std::uint32_t>(classes.size());
    rows.truth = indexes_of(truth, classes);
    rows.predicted = indexes_of(predicted, classes);
    rows.held_predicted = indexes_of(held, classes);
    rows.label = label_of(condition_, recipe_, classes);
  }

  void read_scores(MetricRows& rows) const {
    const auto truth = label_texts(own_, recipe_.truth);
    const auto classes = classes_of({&truth});
    rows.classes = static_cast<std::uint32_t>(classes.size());
    rows.truth = indexes_of(truth, classes);
    rows.label = label_of(condition_, recipe_, classes);
    if (!rows.label) {
      fail_metric_rows(fmt::format("the score of which of {} classes? say so with `positive`", classes.size()));
    }
    read_numbers(recipe_.score, rows);
  }

  // The items of a query are judged together, and so belong to one cluster.
  void read_clusters(const std::string& column, MetricRows& rows) const {
    const std::vector<std::string> names = own_.texts(column);
    rows.clusters = numbered(names);
    std::unordered_map<std::uint64_t, std::size_t> first_rows;
    for (std::size_t row = 0; row < rows.queries.size(); ++row) {
      const std::size_t first = first_rows.emplace(rows.queries[row], row).first->second;
      if (rows.clusters[first] == rows.clusters[row]) continue;
      fail_metric_rows(fmt::format("the query of row {} lies in two clusters, `{}` and `{}`", row + 1,
                                   printable(names[first]), printable(names[row])));
    }
  }

  const PredictionCondition& condition_;
  const PredictionColumns& own_;
  const PredictionColumns* held_;
  const domain::PredictionRecipe& recipe_;
};

}  // namespace

MetricRows read_metric_rows(const PredictionCondition& condition, const PredictionColumns& own,
                            const PredictionColumns* held, const std::optional<std::string>& cluster) {
  return MetricRowsReader{condition, own, held}.read(cluster);
}

std::map<std::string, std::vector<std::size_t>> slices_of(const PredictionCondition& condition,
                                                          const PredictionColumns& columns) {
  std::map<std::string, std::vector<std::size_t>> slices;
  if (condition.by.empty()) {
    std::vector<std::size_t> all(columns.rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    slices.emplace("", std::move(all));
    return slices;
  }
  const auto names = slice_names(condition.by, columns);
  for (std::size_t row = 0; row < names.size(); ++row) slices[names[row]].push_back(row);
  return slices;
}

}  // namespace mlops::app
