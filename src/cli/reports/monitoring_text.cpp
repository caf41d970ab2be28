#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "render.hpp"
#include "reports/escape.hpp"
#include "reports/monitoring.hpp"
#include "reports/trends.hpp"
#include "table.hpp"

namespace mlops::cli {

namespace {

Cell drift_verdict(stats::Drift drift) {
  if (drift == stats::Drift::yes) return {"drifted", Tone::bad};
  return drift == stats::Drift::no ? Cell{"same", Tone::good} : Cell{"can't tell", Tone::warning};
}

const app::ColumnHealth* health_of_column(const app::CheckedBatch& checked, const std::string& name) {
  const auto found = std::ranges::find(checked.columns, name, &app::ColumnHealth::name);
  return found == checked.columns.end() ? nullptr : &*found;
}

std::string head_of_batch(const app::CheckedBatch& checked) {
  return fmt::format("batch {} of {}: {} rows, {}", checked.batch.id, rfc3339(checked.batch.at), checked.batch.rows,
                     printable(checked.batch.source));
}

std::string features_table(const app::HealthOutcome& outcome, const app::CheckedBatch& checked, const TextLook& look) {
  Table table{{"FEATURE", "", "FIGURES", "CELLS", "TREND"}};
  table.soft({"FIGURES"});
  for (const stats::ColumnDrift& column : checked.drift->drift.columns) {
    const app::ColumnHealth* const health = health_of_column(checked, column.column);
    table.add({{printable(column.column), Tone::bold},
               drift_verdict(column.drift),
               {figures_of_column(column)},
               {health == nullptr ? "" : cells_text(*health)},
               {spark_of(trend_of(outcome.history, leading_figure(column)), look)}});
  }
  return table.text(look.style, look.columns, "  ");
}

std::string conditions_table(const app::HealthOutcome& outcome, const app::CheckedBatch& checked,
                             const TextLook& look) {
  Table table{{"CONDITION", "", "FOUND", "TREND"}};
  for (const app::WatchedCondition& condition : checked.conditions) {
    for (std::size_t i = 0; i < condition.parts.size(); ++i) {
      const app::WatchedPart& part = condition.parts[i];
      const std::string kind = part.source == "outcomes" ? "metrics." : "estimate.";
      table.add({{i == 0 ? printable(condition.condition) : std::string{}, Tone::bold},
                 {i == 0 ? std::string{name_of(condition.result)} : std::string{}, tone_of(condition.result)},
                 {found_text(part)},
                 {spark_of(trend_of(outcome.history, kind + part.metric), look)}});
    }
  }
  return table.empty() ? "" : table.text(look.style, look.columns, "  ");
}

std::string predictions_line(const app::CheckedBatch& checked) {
  if (!checked.batch.predictions || checked.predictions_against.empty()) return "";
  std::string text = fmt::format("  predictions: {} of {} with their truth", checked.batch.predictions->known,
                                 checked.batch.predictions->rows);
  if (!checked.prediction_drift) return text + fmt::format("; no drift: {}\n", printable(checked.predictions_against));
  for (const stats::ColumnDrift& column : checked.prediction_drift->drift.columns) {
    const std::string verdict = column.drift == stats::Drift::yes  ? "drifted from"
                                : column.drift == stats::Drift::no ? "the same as"
                                                                   : "can't be told from";
    text += fmt::format("; {} {} those of {} ({})", printable(column.column), verdict, checked.predictions_against,
                        figures_of_column(column));
  }
  return text + "\n";
}

std::string markdown_table(const app::HealthOutcome& outcome, const app::CheckedBatch& checked) {
  std::string text;
  if (checked.drift) {
    text += "\n| feature | | figures | cells | trend |\n|---|---|---|---|---|\n";
    for (const stats::ColumnDrift& column : checked.drift->drift.columns) {
      const app::ColumnHealth* const health = health_of_column(checked, column.column);
      text += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_code(column.column),
                          drift_verdict(column.drift).text, markdown_prose(figures_of_column(column)),
                          health == nullptr ? "" : markdown_prose(cells_text(*health)),
                          spark_of(trend_of(outcome.history, leading_figure(column)), {}));
    }
  }
  if (!checked.conditions.empty()) {
    text += "\n| condition | | found |\n|---|---|---|\n";
    for (const app::WatchedCondition& condition : checked.conditions) {
      std::vector<std::string> found;
      for (const app::WatchedPart& part : condition.parts) found.push_back(found_text(part));
      text += fmt::format("| {} | {} | {} |\n", markdown_code(condition.condition), name_of(condition.result),
                          markdown_prose(join(found, "; ")));
    }
  }
  return text;
}

}  // namespace

std::string health_text(const app::HealthOutcome& outcome) {
  const auto bad = static_cast<std::size_t>(std::ranges::count_if(outcome.findings, &app::MonitorFinding::is_bad));
  if (bad == 0) return fmt::format("{} is healthy", outcome.version.text());
  return fmt::format("{} is not healthy: {}", outcome.version.text(), count_text(bad, "finding"));
}

std::string finding_text(const app::MonitorFinding& finding) {
  return finding.batch == 0 ? finding.what : fmt::format("batch {}: {}", finding.batch, finding.what);
}

std::string figures_of_column(const stats::ColumnDrift& column) {
  std::vector<std::string> texts;
  for (const stats::DriftFigure& figure : column.figures) {
    const std::string low = fmt::format("{:.3g}", figure.bounds.low);
    const std::string high = fmt::format("{:.3g}", figure.bounds.high);
    texts.push_back(figure.p
                        ? fmt::format("{} p {:.3g}", name_of(figure.statistic), figure.adjusted_p.value_or(*figure.p))
                    : low == high ? fmt::format("{} {}", name_of(figure.statistic), low)
                                  : fmt::format("{} {} to {}", name_of(figure.statistic), low, high));
  }
  return column.reason.empty() ? join(texts, ", ") : column.reason;
}

std::string found_text(const app::WatchedPart& part) {
  if (!part.value) return fmt::format("{}: {}", part.metric, printable(part.reason));
  const std::string found =
      fmt::format("{} {:.3g} [{:.3g}, {:.3g}]", part.metric, *part.value, part.interval->low, part.interval->high);
  return part.source == "outcomes" ? fmt::format("{} of {} outcomes", found, part.count)
                                   : fmt::format("{} estimated without outcomes", found);
}

std::string cells_text(const app::ColumnHealth& column) {
  std::vector<std::string> texts;
  const auto add = [&](double share, std::string_view what) {
    if (share > 0) texts.push_back(fmt::format("{:.3g}% {}", 100 * share, what));
  };
  add(column.missing, "missing");
  add(column.unfit, "no numbers");
  std::vector<std::string> examples;
  for (const std::string& text : column.examples) examples.push_back(printable(text));
  add(column.unseen, examples.empty() ? "unseen" : fmt::format("unseen ({})", join(examples, ", ")));
  add(column.outside, "outside");
  return join(texts, ", ");
}

std::string leading_figure(const stats::ColumnDrift& column) {
  if (column.figures.empty()) return "";
  return fmt::format("drift.{}.{}", column.column, name_of(column.figures.front().statistic));
}

std::string text_monitoring(const app::HealthOutcome& outcome, const TextLook& look) {
  const std::string head = health_text(outcome);
  std::string text = (outcome.is_healthy() ? look.style.good(head) : look.style.bad(head)) + "\n";
  for (const app::MonitorFinding& finding : outcome.findings) {
    const std::string line = fmt::format("  {} {}", finding.is_bad ? "bad: " : "note:", finding_text(finding));
    text += (finding.is_bad ? look.style.bad(line) : line) + "\n";
  }
  for (const app::CheckedBatch& checked : outcome.batches) {
    text += "\n" + look.style.bold(head_of_batch(checked)) + "\n";
    if (checked.drift) text += features_table(outcome, checked, look);
    text += predictions_line(checked);
    text += conditions_table(outcome, checked, look);
  }
  const std::string spark = spark_of(trend_of(outcome.history, "drift.share"), look);
  if (!spark.empty()) {
    text += "\n" + look.style.faint(fmt::format("  share of features that drifted, batch by batch: {}", spark)) + "\n";
  }
  return text;
}

std::string markdown_monitoring(const app::HealthOutcome& outcome) {
  std::string text =
      fmt::format("## {} {}\n\n", outcome.is_healthy() ? "✅" : "❌", markdown_prose(health_text(outcome)));
  for (const app::MonitorFinding& finding : outcome.findings) {
    text += fmt::format("- {}{}\n", finding.is_bad ? "**bad**: " : "", markdown_prose(finding_text(finding)));
  }
  for (const app::CheckedBatch& checked : outcome.batches) {
    text += fmt::format("\n### {}\n", markdown_prose(head_of_batch(checked)));
    text += markdown_table(outcome, checked);
  }
  return text;
}

std::string render_monitoring(ReportFormat format, const app::HealthOutcome& outcome) {
  switch (format) {
    case ReportFormat::text:
      return text_monitoring(outcome, {});
    case ReportFormat::json:
      return to_text(app::to_json(outcome)) + "\n";
    case ReportFormat::markdown:
      return markdown_monitoring(outcome);
    case ReportFormat::html:
      return html_monitoring(outcome);
    case ReportFormat::junit:
      break;
  }
  throw Error{ErrorKind::usage, "monitoring has no JUnit report", {"endings: .html, .md, .json, .txt"}};
}

}  // namespace mlops::cli
