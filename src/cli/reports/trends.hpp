// How a figure moved from batch to batch: in a few characters, and as SVG.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/domain/monitoring.hpp>

#include "reports/report.hpp"

namespace mlops::cli {

// Of the batches that have the figure, oldest first.
using Trend = std::vector<std::pair<Timestamp, double>>;
Trend trend_of(const std::vector<domain::Batch>& history, const std::string& figure);

// One character for each of the newest batches, from 0 or the lowest value up; "" for fewer than two.
std::string spark_of(const Trend& trend, const TextLook& look);

// A whole <figure> with its caption; "" without a value. `limit` is drawn as a dashed line.
std::string svg_trend(std::string_view title, const Trend& trend, std::optional<double> limit);

}  // namespace mlops::cli
