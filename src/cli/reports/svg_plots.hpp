// Plots for the page: inline SVG without script, coloured by the page's style sheet, so that they fit light and dark.
#pragma once

#include <string>

#include <mlops/domain/verdict.hpp>

#include "reports/figures.hpp"

namespace mlops::cli {

// A whole <figure> with its caption; "" when the figures are too far apart to be drawn.
std::string svg_figure(const Plot& plot, domain::CheckResult result);

}  // namespace mlops::cli
