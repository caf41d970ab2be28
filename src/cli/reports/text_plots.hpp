// The same plots in a few lines of text, in Unicode or in ASCII.
#pragma once

#include <string>
#include <string_view>

#include <mlops/domain/verdict.hpp>

#include "reports/figures.hpp"
#include "reports/report.hpp"

namespace mlops::cli {

// Lines that end in '\n', each behind `indent`; the caption first.
std::string text_plot(const Plot& plot, const TextLook& look, std::string_view indent);

// All plots of the evidence, each check under its name; "" when none of them has any.
std::string evidence_plots(const std::vector<domain::Evidence>& evidence, const TextLook& look);

}  // namespace mlops::cli
