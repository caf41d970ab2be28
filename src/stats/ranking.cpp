#include <mlops/stats/ranking.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

constexpr double most_exponential_relevance = 100;

struct RankedItem {
  std::uint64_t group = 0;
  double score = 0;
  double relevance = 0;
};

using Items = std::span<const RankedItem>;

// By group, and in it the highest score first; of equal scores the most relevant first, so that sums come out the same
// whatever the order of rows.
bool stands_before(const RankedItem& a, const RankedItem& b) {
  if (a.group != b.group) return a.group < b.group;
  if (a.score > b.score || a.score < b.score) return a.score > b.score;
  return a.relevance > b.relevance;
}

std::vector<RankedItem> ranked(const RankedItems& rows) {
  std::vector<RankedItem> items;
  items.reserve(rows.scores.size());
  for (std::size_t row = 0; row < rows.scores.size(); ++row) {
    items.push_back({.group = rows.groups[row], .score = rows.scores[row], .relevance = rows.relevance[row]});
  }
  std::ranges::sort(items, stands_before);
  return items;
}

// Splits off the items at the front that are alike.
template <typename Key>
Items take_run(Items& items, Key key) {
  std::size_t length = 1;
  while (length < items.size() && !(key(items[length]) < key(items[0])) && !(key(items[0]) < key(items[length])))
    ++length;
  const Items run = items.first(length);
  items = items.subspan(length);
  return run;
}

Items take_group(Items& items) {
  return take_run(items, [](const RankedItem& item) { return item.group; });
}
Items take_tie(Items& items) {
  return take_run(items, [](const RankedItem& item) { return item.score; });
}

double relevant_in(Items items) {
  return static_cast<double>(std::ranges::count_if(items, [](const RankedItem& item) { return item.relevance > 0; }));
}

// What `score` makes of each group with relevant items.
template <typename Score>
std::vector<MetricValue> each_group(const RankedItems& rows, std::size_t k, Score score) {
  check_rows(rows);
  if (k == 0) throw Error{ErrorKind::usage, "a metric of the first 0 ranks"};
  const std::vector<RankedItem> items = ranked(rows);
  std::vector<MetricValue> values;
  for (Items rest = items; !rest.empty();) {
    const Items group = take_group(rest);
    const bool has_relevant = relevant_in(group) > 0;
    values.push_back({.value = has_relevant ? score(group) : 0, .is_defined = has_relevant});
  }
  return values;
}

MetricValue mean_over_groups(const std::vector<MetricValue>& groups) {
  WeightedMean mean;
  for (const MetricValue& group : groups) mean.add(group.value, 1);
  const MetricValue value = mean_of(mean);
  const bool is_defined = std::ranges::all_of(groups, &MetricValue::is_defined);
  return {.value = value.value, .is_defined = value.is_defined && is_defined};
}

double discount(std::size_t rank) { return 1 / std::log2(static_cast<double>(rank) + 1); }

double gain_of(double relevance, Gain gain) { return gain == Gain::linear ? relevance : std::exp2(relevance) - 1; }

// Items of one score share their ranks, and each its mean gain.
double gain_as_ranked(Items group, std::size_t k, Gain gain) {
  CompensatedSum sum;
  std::size_t rank = 1;
  while (!group.empty() && rank <= k) {
    const Items tie = take_tie(group);
    CompensatedSum gains;
    for (const RankedItem& item : tie) gains.add(gain_of(item.relevance, gain));
    const double mean = gains.value() / static_cast<double>(tie.size());
    for (std::size_t i = 0; i < tie.size() && rank <= k; ++i, ++rank) sum.add(mean * discount(rank));
  }
  return sum.value();
}

double best_gain(Items group, std::size_t k, Gain gain) {
  std::vector<double> gains;
  gains.reserve(group.size());
  for (const RankedItem& item : group) gains.push_back(gain_of(item.relevance, gain));
  std::ranges::sort(gains, std::ranges::greater{});
  CompensatedSum sum;
  for (std::size_t i = 0; i < gains.size() && i < k; ++i) sum.add(gains[i] * discount(i + 1));
  return sum.value();
}

// At each rank of a tie, the chance of a relevant item times the precision that is then to be expected: the item
// itself, those above the tie, and an even share of the other ones in it.
double average_precision_of(Items group, std::size_t k) {
  const double best = std::min(relevant_in(group), static_cast<double>(k));
  CompensatedSum sum;
  double relevant_above = 0;
  std::size_t rank = 1;
  while (!group.empty() && rank <= k) {
    const Items tie = take_tie(group);
    const double relevant = relevant_in(tie);
    const auto size = static_cast<double>(tie.size());
    for (std::size_t i = 0; i < tie.size() && rank <= k && relevant > 0; ++i, ++rank) {
      const double others = tie.size() == 1 ? 0 : static_cast<double>(i) * (relevant - 1) / (size - 1);
      sum.add(relevant / size * (relevant_above + 1 + others) / static_cast<double>(rank));
    }
    if (!(relevant > 0)) rank += tie.size();
    relevant_above += relevant;
  }
  return sum.value() / best;
}

// The first relevant item is in the first tie that has one; there its place is the first success when drawing without
// putting back.
double reciprocal_rank_of(Items group, std::size_t k) {
  std::size_t rank = 1;
  Items tie = take_tie(group);
  while (!(relevant_in(tie) > 0)) {
    rank += tie.size();
    tie = take_tie(group);
  }
  CompensatedSum sum;
  const double relevant = relevant_in(tie);
  double none_yet = 1;
  for (auto left = static_cast<double>(tie.size()); left > 0 && rank <= k && none_yet > 0; --left, ++rank) {
    const double hit = std::min(1.0, relevant / left);
    sum.add(none_yet * hit / static_cast<double>(rank));
    none_yet *= 1 - hit;
  }
  return sum.value();
}

void check_gain(const RankedItems& rows, Gain gain) {
  if (gain != Gain::exponential) return;
  const auto too_large =
      std::ranges::find_if(rows.relevance, [](double relevance) { return relevance > most_exponential_relevance; });
  if (too_large == rows.relevance.end()) return;
  throw Error{ErrorKind::usage, fmt::format("a relevance of {}; exponential gain takes up to {}", *too_large,
                                            most_exponential_relevance)};
}

}  // namespace

std::vector<MetricValue> metric_by_group(Metric metric, const RankedItems& rows, std::size_t k, Gain gain) {
  switch (metric) {
    case Metric::ndcg:
      check_gain(rows, gain);
      return each_group(rows, k,
                        [&](Items group) { return gain_as_ranked(group, k, gain) / best_gain(group, k, gain); });
    case Metric::map:
      return each_group(rows, k, [k](Items group) { return average_precision_of(group, k); });
    case Metric::mrr:
      return each_group(rows, k, [k](Items group) { return reciprocal_rank_of(group, k); });
    default:
      throw Error{ErrorKind::usage, fmt::format("`{}` is no metric of rankings", info_of(metric).name)};
  }
}

MetricValue ndcg(const RankedItems& rows, std::size_t k, Gain gain) {
  return mean_over_groups(metric_by_group(Metric::ndcg, rows, k, gain));
}

MetricValue mean_average_precision(const RankedItems& rows, std::size_t k) {
  return mean_over_groups(metric_by_group(Metric::map, rows, k));
}

MetricValue mean_reciprocal_rank(const RankedItems& rows, std::size_t k) {
  return mean_over_groups(metric_by_group(Metric::mrr, rows, k));
}

}  // namespace mlops::stats
