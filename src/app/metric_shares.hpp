// Metrics that are the share of some rows: of these rows it counts those. More is known of a share than a bootstrap
// finds out: all of 30 rows right is no certainty.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "metric_estimate.hpp"
#include "metric_figure.hpp"

namespace mlops::app {

struct Share {
  std::function<bool(std::size_t row, Whose whose)> is_of;
  std::function<bool(std::size_t row, Whose whose)> counts;
};

// None for metrics that are no share of the same rows for both versions. `rows` must outlive it.
std::optional<Share> share_of_rows(std::string_view metric, const MetricRows& rows);

// Wilson's interval of a share; Tango's of two of them, with McNemar's test.
void estimate_share(const Share& share, const MetricRows& rows, const EstimateOptions& options, MetricEstimate& result);

}  // namespace mlops::app
