// What `monitor check` found, on a terminal, in Markdown, and as a page with trends.
#pragma once

#include <string>

#include <mlops/app/monitor_check.hpp>

#include "reports/report.hpp"

namespace mlops::cli {

std::string text_monitoring(const app::HealthOutcome& outcome, const TextLook& look);
// The worst first.
std::string markdown_monitoring(const app::HealthOutcome& outcome);
// One page that needs nothing else: no script, no network.
std::string html_monitoring(const app::HealthOutcome& outcome);

// Of a file that the ending names. Error{usage} for JUnit.
std::string render_monitoring(ReportFormat format, const app::HealthOutcome& outcome);

// What all of them say.
std::string health_text(const app::HealthOutcome& outcome);  // "churn@7 is not healthy: 2 findings in batch 12"
// "batch 12: 2 of 3 features drifted …"
std::string finding_text(const app::MonitorFinding& finding);
std::string figures_of_column(const stats::ColumnDrift& column);  // "wasserstein 0.1, psi 0.2"
std::string found_text(const app::WatchedPart& part);             // "auc 0.81 [0.78, 0.84] of 900 outcomes"
// "3% missing, 1% unseen (`Rome`)"
std::string cells_text(const app::ColumnHealth& column);
// The figure that tells most of a column's drift: "drift.age.wasserstein"; "" without figures.
std::string leading_figure(const stats::ColumnDrift& column);

}  // namespace mlops::cli
