// Metrics of rankings: of each group (a query, a user) alone, then the mean over groups.
//
// Of items with equal scores the order is unknown; each figure is then its mean over all their orders, so that neither
// the order of rows nor a constant score earns anything. Source of the closed forms: McSherry and Najork, "Computing
// information retrieval performance measures efficiently in the presence of tied scores" (2008).
//
// A group without relevant items counts as 0 and makes the mean not defined (`is_defined`). NaN without rows.
// Throw Error{usage} for k = 0 and for negative relevance.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include <mlops/stats/metric_catalogue.hpp>
#include <mlops/stats/predictions.hpp>

namespace mlops::stats {

inline constexpr std::size_t all_ranks = std::numeric_limits<std::size_t>::max();

enum class Gain {
  linear,       // the relevance: Järvelin and Kekäläinen (2002), scikit-learn
  exponential,  // 2^relevance - 1: Burges et al. (2005); relevance up to 100
};

// The discounted cumulative gain of the first k, Σ gain / log2(rank + 1), as a share of what the best order has.
[[nodiscard]] MetricValue ndcg(const RankedItems& rows, std::size_t k = all_ranks, Gain gain = Gain::linear);
// Σ precision at the rank of each relevant item among the first k, divided by the relevant items, at most k of them.
[[nodiscard]] MetricValue mean_average_precision(const RankedItems& rows, std::size_t k = all_ranks);
// 1 / the rank of the first relevant item; 0 when it isn't among the first k.
[[nodiscard]] MetricValue mean_reciprocal_rank(const RankedItems& rows, std::size_t k = all_ranks);

// The same of each group alone, in the order of their numbers: what two rankings of the same groups are compared by.
// Metric::ndcg, map or mrr, else Error{usage}.
[[nodiscard]] std::vector<MetricValue> metric_by_group(Metric metric, const RankedItems& rows,
                                                       std::size_t k = all_ranks, Gain gain = Gain::linear);

}  // namespace mlops::stats
