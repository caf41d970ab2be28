// Metrics over the steps of several runs: in a few lines of text, as SVG, and as a page with the table of the runs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/app/run_looks.hpp>
#include <mlops/domain/series.hpp>

#include "reports/report.hpp"

namespace mlops::cli {

struct Curves {
  std::string metric;
  std::vector<std::pair<std::string, domain::Curve>> lines;  // "run 12" and what it said; none is empty
};

// By metric, in the order of their names.
std::vector<Curves> curves_of(const app::CompareRunsOutcome& outcome);

// The metric, then a line for each run, all on one scale; lines end in '\n'.
std::string text_curves(const Curves& curves, const TextLook& look, std::string_view indent);

// One page that needs nothing else: no script, no network.
std::string html_runs(const app::CompareRunsOutcome& outcome);

}  // namespace mlops::cli
