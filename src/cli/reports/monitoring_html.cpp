#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/escape.hpp"
#include "reports/html_style.hpp"
#include "reports/monitoring.hpp"
#include "reports/trends.hpp"

namespace mlops::cli {

namespace {

// A page of hundreds of features still opens; the table has all of them.
constexpr std::size_t most_trends = 60;

std::string_view class_of(stats::Drift drift) {
  if (drift == stats::Drift::yes) return "failed";
  return drift == stats::Drift::no ? "passed" : "inconclusive";
}

std::string cell_of(std::string_view text) {
  constexpr std::size_t longest_cell_text = 400;
  return fmt::format("<td>{}</td>", xml_text(shortened(text, longest_cell_text)));
}

std::string result_cell(std::string_view tone, std::string_view text) {
  return fmt::format("<td class=\"result {}\">{}</td>", tone, xml_text(text));
}

std::string table_html(std::string_view head, const std::string& rows) {
  return fmt::format(
      "<div class=\"scroll\">\n<table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n", head,
      rows);
}

std::string features_html(const app::CheckedBatch& checked) {
  std::string rows;
  for (const stats::ColumnDrift& column : checked.drift->drift.columns) {
    const auto health = std::ranges::find(checked.columns, column.column, &app::ColumnHealth::name);
    const std::string_view verdict = column.drift == stats::Drift::yes  ? "drifted"
                                     : column.drift == stats::Drift::no ? "same"
                                                                        : "can't tell";
    rows += "<tr>" + cell_of(printable(column.column)) + result_cell(class_of(column.drift), verdict) +
            cell_of(figures_of_column(column)) +
            cell_of(health == checked.columns.end() ? std::string{} : cells_text(*health)) + "</tr>\n";
  }
  return table_html("<th>feature</th><th></th><th>figures</th><th>cells</th>", rows);
}

std::string conditions_html(const app::CheckedBatch& checked) {
  if (checked.conditions.empty()) return "";
  std::string rows;
  for (const app::WatchedCondition& condition : checked.conditions) {
    std::vector<std::string> found;
    for (const app::WatchedPart& part : condition.parts) found.push_back(found_text(part));
    rows += "<tr>" + cell_of(printable(condition.condition)) +
            result_cell(name_of(condition.result), name_of(condition.result)) + cell_of(join(found, "; ")) + "</tr>\n";
  }
  return table_html("<th>condition</th><th></th><th>found</th>", rows);
}

std::string batch_html(const app::CheckedBatch& checked) {
  std::string body;
  if (checked.drift) body += features_html(checked);
  if (checked.batch.predictions && !checked.predictions_against.empty()) {
    body += fmt::format("<p>{} of {} predictions have their truth; they are held against {}.</p>\n",
                        checked.batch.predictions->known, checked.batch.predictions->rows,
                        xml_text(printable(checked.predictions_against)));
  }
  body += conditions_html(checked);
  return fmt::format("<section>\n<h2>Batch {}</h2>\n<p class=\"facts\">{}: {} rows, {}</p>\n{}</section>\n",
                     checked.batch.id, rfc3339(checked.batch.at), checked.batch.rows,
                     xml_text(printable(checked.batch.source)), body);
}

// The threshold that the figure was held against in the newest batch.
std::optional<double> limit_of(const stats::ColumnDrift& column) {
  if (column.figures.empty() || column.figures.front().p) return std::nullopt;
  return column.figures.front().threshold;
}

std::string trends_html(const app::HealthOutcome& outcome) {
  const auto newest =
      std::ranges::find_if(outcome.batches, [](const auto& checked) { return checked.drift.has_value(); });
  std::string figures =
      svg_trend("share of features that drifted", trend_of(outcome.history, "drift.share"),
                newest == outcome.batches.end() ? std::nullopt : std::optional{newest->drift->drift.threshold});
  figures += svg_trend("missing cells, as a share", trend_of(outcome.history, "missing.share"), std::nullopt);
  for (const std::string kind : {"metrics.", "estimate."}) {
    for (const std::string name : {"auc", "accuracy", "f1", "log_loss", "rmse", "mae"}) {
      figures += svg_trend(kind == "estimate." ? name + ", estimated without outcomes" : name,
                           trend_of(outcome.history, kind + name), std::nullopt);
    }
  }
  std::size_t drawn = 0;
  for (const app::CheckedBatch& checked : outcome.batches) {
    if (!checked.drift) continue;
    for (const stats::ColumnDrift& column : checked.drift->drift.columns) {
      const std::string figure = leading_figure(column);
      if (figure.empty() || ++drawn > most_trends) continue;
      figures += svg_trend(fmt::format("{}: {}", column.column, name_of(column.figures.front().statistic)),
                           trend_of(outcome.history, figure), limit_of(column));
    }
    break;
  }
  if (drawn > most_trends) figures += fmt::format("<p>{} features are left out here.</p>\n", drawn - most_trends);
  return figures.empty() ? "" : fmt::format("<section>\n<h2>Over time</h2>\n{}</section>\n", figures);
}

}  // namespace

std::string html_monitoring(const app::HealthOutcome& outcome) {
  std::string findings;
  for (const app::MonitorFinding& finding : outcome.findings) {
    findings += fmt::format("<li class=\"{0}\"><span class=\"result\">{1}</span> {2}</li>\n",
                            finding.is_bad ? "failed" : "warning", finding.is_bad ? "bad" : "note",
                            xml_text(finding_text(finding)));
  }
  std::string body = fmt::format(
      "<header class=\"{}\">\n<h1>{}</h1>\n<p>at {}{}</p>\n<ul>\n{}</ul>\n</header>\n",
      outcome.is_healthy() ? "passed" : "failed", xml_text(health_text(outcome)), rfc3339(outcome.at),
      outcome.reference ? fmt::format(", held against {} ({} rows)", xml_text(printable(outcome.reference->source)),
                                      outcome.reference->rows)
                        : "",
      findings);
  for (const app::CheckedBatch& checked : outcome.batches) body += batch_html(checked);
  body += trends_html(outcome);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      xml_text(health_text(outcome)), html_style, body);
}

}  // namespace mlops::cli
