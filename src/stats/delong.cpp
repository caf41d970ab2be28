#include <mlops/stats/delong.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"
#include "mid_ranks.hpp"

namespace mlops::stats {
namespace {

// What each row adds to the area: for a positive the share of negatives below it, for a negative the share of
// positives above it. Their means are the area, their spread its variance.
struct Components {
  std::vector<double> positives;
  std::vector<double> negatives;
  double area = 0;
};

void demand_scores(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  demand_same_length(scores.size(), labels.size(), "scores and labels");
  demand_finite(scores, "scores");
  const auto is_positive = [](std::uint8_t label) { return label != 0; };
  if (std::none_of(labels.begin(), labels.end(), is_positive) ||
      std::all_of(labels.begin(), labels.end(), is_positive)) {
    throw Error{ErrorKind::usage, "the area under the ROC curve needs rows of both classes"};
  }
}

Components components_of(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  std::vector<double> positives;
  std::vector<double> negatives;
  for (std::size_t i = 0; i < scores.size(); ++i) (labels[i] != 0 ? positives : negatives).push_back(scores[i]);
  const std::vector<double> among_all = mid_ranks(scores).ranks;
  const std::vector<double> among_positives = mid_ranks(positives).ranks;
  const std::vector<double> among_negatives = mid_ranks(negatives).ranks;
  const auto m = static_cast<double>(positives.size());
  const auto n = static_cast<double>(negatives.size());
  Components result;
  double below = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (labels[i] != 0) {
      // The rank among all less that among its own is the number of the others below, ties half: exact in doubles.
      const double others_below = among_all[i] - among_positives[result.positives.size()];
      below += others_below;
      result.positives.push_back(others_below / n);
    } else {
      const double others_below = among_all[i] - among_negatives[result.negatives.size()];
      result.negatives.push_back(1 - others_below / m);
    }
  }
  result.area = below / (m * n);
  return result;
}

double mean_product(std::span<const double> a, std::span<const double> b, double mean_a, double mean_b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size() - 1);
}

// The covariance of two areas, or the variance of one; unknown with a single row of one class.
double covariance_of(const Components& a, const Components& b) {
  if (a.positives.size() < 2 || a.negatives.size() < 2) return std::numeric_limits<double>::infinity();
  return mean_product(a.positives, b.positives, a.area, b.area) / static_cast<double>(a.positives.size()) +
         mean_product(a.negatives, b.negatives, a.area, b.area) / static_cast<double>(a.negatives.size());
}

// Disjoint pairs of a positive and a negative are independent, and each is ranked rightly with a chance of the area.
// All of k pairs: the area is at least (α / 2)^(1 / k) with the confidence.
Interval interval_without_overlap(const Auc& auc, double confidence) {
  const auto pairs = static_cast<double>(std::min(auc.positives, auc.negatives));
  const double bound = std::pow(0.5 * (1 - confidence), 1 / pairs);
  return auc.estimate.value > 0.5 ? Interval{.low = bound, .high = 1} : Interval{.low = 0, .high = 1 - bound};
}

Auc auc_of(const Components& components, double confidence) {
  Auc auc{.estimate = {},
          .variance = covariance_of(components, components),
          .positives = static_cast<std::int64_t>(components.positives.size()),
          .negatives = static_cast<std::int64_t>(components.negatives.size())};
  auc.estimate.value = components.area;
  auc.estimate.count = auc.positives + auc.negatives;
  if (components.area <= 0 || components.area >= 1) {
    auc.estimate.interval = interval_without_overlap(auc, confidence);
    return auc;
  }
  const double half = -normal_quantile(0.5 * (1 - confidence)) * std::sqrt(auc.variance);
  auc.estimate.interval = {.low = std::max(0.0, components.area - half), .high = std::min(1.0, components.area + half)};
  return auc;
}

// The variance of the difference from the differences of the components, row by row: rounding can't make it negative,
// and what ranks alike has exactly none.
double variance_of_difference(const Components& first, const Components& second) {
  Components difference;
  difference.area = second.area - first.area;
  for (std::size_t i = 0; i < first.positives.size(); ++i) {
    difference.positives.push_back(second.positives[i] - first.positives[i]);
  }
  for (std::size_t i = 0; i < first.negatives.size(); ++i) {
    difference.negatives.push_back(second.negatives[i] - first.negatives[i]);
  }
  return covariance_of(difference, difference);
}

}  // namespace

Auc auc_with_variance(std::span<const double> scores, std::span<const std::uint8_t> labels, double confidence) {
  demand_confidence(confidence);
  demand_scores(scores, labels);
  return auc_of(components_of(scores, labels), confidence);
}

double auc_p(const Auc& auc, double area) {
  const double value = auc.estimate.value;
  if (value <= 0 || value >= 1) {
    const auto pairs = static_cast<double>(std::min(auc.positives, auc.negatives));
    return std::min(1.0, 2 * std::pow(std::clamp(value > 0.5 ? area : 1 - area, 0.0, 1.0), pairs));
  }
  if (!std::isfinite(auc.variance)) return 1;
  return normal_two_sided((value - area) / std::sqrt(auc.variance));
}

AucComparison compare_aucs(std::span<const double> first, std::span<const double> second,
                           std::span<const std::uint8_t> labels, double confidence) {
  demand_confidence(confidence);
  demand_scores(first, labels);
  demand_scores(second, labels);
  const Components a = components_of(first, labels);
  const Components b = components_of(second, labels);
  AucComparison result;
  result.first = auc_of(a, confidence);
  result.second = auc_of(b, confidence);
  result.covariance = covariance_of(a, b);
  result.standard_error = std::sqrt(variance_of_difference(a, b));
  const double value = b.area - a.area;
  const double half = -normal_quantile(0.5 * (1 - confidence)) * result.standard_error;
  result.difference = {.value = value,
                       .interval = {.low = value - half, .high = value + half},
                       .count = static_cast<std::int64_t>(labels.size())};
  if (std::abs(value) > 0) result.z = value / result.standard_error;
  result.p_value = normal_two_sided(result.z);
  return result;
}

}  // namespace mlops::stats
