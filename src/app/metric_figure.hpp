// One metric as a bare figure.
#pragma once

#include <string_view>

#include <mlops/stats/classification.hpp>

#include "metric_estimate.hpp"

namespace mlops::app {

// Metrics of labels, from the counts of truth and prediction.
double label_figure(std::string_view metric, const stats::ConfusionMatrix& matrix, std::optional<std::uint32_t> label);

// Any metric of one version's predictions.
enum class Whose { own, held };
double figure_of(std::string_view metric, const MetricRows& rows, Whose whose);

// The figure that each row, or query of a ranking, adds to a metric that is their mean; empty for one that is none.
// Queries are in the order of their numbers.
std::vector<double> figures_by_unit(std::string_view metric, const MetricRows& rows, Whose whose);

// The same of two versions: what the own figures have more than the held ones. Without a held version the own figures.
std::vector<double> difference_by_unit(std::string_view metric, const MetricRows& rows);
// The cluster of each of these rows or queries.
std::vector<std::uint64_t> cluster_by_unit(const MetricRows& rows);

bool is_of_labels(std::string_view metric);

}  // namespace mlops::app
