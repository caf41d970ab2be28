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

// The figure that each row adds to a metric that is a mean over rows; empty for a metric that is none.
std::vector<double> figures_by_row(std::string_view metric, const MetricRows& rows, Whose whose);

bool is_of_labels(std::string_view metric);

}  // namespace mlops::app
