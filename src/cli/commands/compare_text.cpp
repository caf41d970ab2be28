#include "compare_text.hpp"

#include <cmath>
#include <set>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "render.hpp"

namespace mlops::cli {

namespace {

// An estimate has no use for more digits.
std::string short_text(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "unknown"; }

std::string p_text(const std::optional<double>& p) {
  if (!p) return "";
  return *p < 0.0001 ? "<0.0001" : fmt::format("{:.2g}", *p);
}

std::string difference_text(double difference, const stats::Interval& interval) {
  return fmt::format("{:+.4g} [{:.4g}, {:.4g}]", difference, interval.low, interval.high);
}

std::string result_text(const Style& style, domain::VerdictResult result) {
  switch (result) {
    case domain::VerdictResult::passed:
      return style.good(name_of(result));
    case domain::VerdictResult::failed:
      return style.bad(name_of(result));
    case domain::VerdictResult::inconclusive:
      return style.warning(name_of(result));
  }
  return {};
}

std::string metric_text(const app::ComparedFigure& figure) {
  return printable(figure.metric) + (figure.higher_is_better ? "" : " (less is better)");
}

std::string subject_text(const app::ComparedFigure& figure) {
  return printable(figure.slice.empty() ? figure.metric : fmt::format("{} in {}", figure.metric, figure.slice));
}

// "passed: the whole interval lies above -0.02"
std::string rule_text(const app::CompareOutcome& outcome) {
  const double least = outcome.asked.least();
  const std::string bound = std::abs(least) > 0 ? figure_text(least) : "0";
  return fmt::format("passed when all of the {:.4g}% interval is better than {}; {} rows{}", 100 * outcome.confidence,
                     bound, outcome.rows,
                     outcome.cluster ? fmt::format(" in clusters of {}", printable(*outcome.cluster)) : "");
}

// A mean and its ranks that don't agree: some rows weigh much.
bool do_ranks_disagree(const app::ComparedFigure& figure, double confidence) {
  if (!figure.p_value || !figure.rank_p) return false;
  return (*figure.p_value < 1 - confidence) != (*figure.rank_p < 1 - confidence);
}

void print_reasons(const Session& session, const app::CompareOutcome& outcome) {
  for (const auto& figure : outcome.figures) {
    if (!figure.reason.empty()) session.print_line(fmt::format("  {}: {}", subject_text(figure), figure.reason));
  }
  std::set<std::string> told;
  for (const auto& figure : outcome.figures) {
    if (figure.test.empty() || !told.insert(figure.metric).second) continue;
    const std::string why = figure.slice.empty() ? ": " + figure.why : "";
    if (figure.method.starts_with(figure.test)) {
      session.print_line(
          session.style().faint(fmt::format("  {}: {}{}", printable(figure.metric), figure.method, why)));
      continue;
    }
    session.print_line(session.style().faint(
        fmt::format("  {}: {}{}; interval by {}", printable(figure.metric), figure.test, why, figure.method)));
  }
  for (const auto& figure : outcome.figures) {
    if (!do_ranks_disagree(figure, outcome.confidence)) continue;
    session.print_line(fmt::format("  {}: by ranks (Wilcoxon) p is {}: a few {} carry the mean", subject_text(figure),
                                   p_text(figure.rank_p), figure.of_queries ? "queries" : "rows"));
  }
}

std::string arm_text(const app::AbOutcome& outcome, const app::AbArm& arm) {
  return fmt::format("{}", outcome.is_binary ? fmt::format("{:.4g}%", 100 * arm.mean) : short_text(arm.mean));
}

void add_arm(Table& table, const app::AbOutcome& outcome, const app::AbArm& arm, const char* role) {
  table.add({{role},
             {printable(arm.name), Tone::bold},
             {fmt::format("{}", arm.units)},
             {outcome.has_units ? fmt::format("{}", arm.rows) : ""},
             {arm_text(outcome, arm)}});
}

std::string evidence_of_bets(const app::AbBets& bets) {
  return fmt::format("bets on {} pairs: {:.4g} for it, {:.4g} against it (20 is 95% sure, 40 is 97.5%)", bets.pairs,
                     bets.e_for, bets.e_against);
}

std::string sprt_text(const app::AbOutcome& outcome) {
  const stats::Sprt& sprt = *outcome.sprt;
  std::string answer =
      fmt::format("undecided (log ratio {:.3g}; no at {:.3g}, yes at {:.3g})", sprt.log_ratio, sprt.lower, sprt.upper);
  if (sprt.answer == stats::SprtAnswer::effect) answer = "yes";
  if (sprt.answer == stats::SprtAnswer::no_effect) answer = "no";
  return fmt::format("a gain of {} (SPRT): {}", figure_text(outcome.effect.value_or(0)), answer);
}

std::string cuped_text(const app::AbCuped& cuped) {
  std::string text = fmt::format("the covariate takes {:.1f}% of the variance away (CUPED); without it {:+.4g}",
                                 100 * (1 - cuped.variance_ratio), cuped.plain_difference);
  if (cuped.without > 0) text += fmt::format("; {} units have none", cuped.without);
  return text;
}

}  // namespace

void print_comparison(const Session& session, const app::CompareOutcome& outcome) {
  const Style& style = session.style();
  session.print_line(fmt::format("{} against {}: {}", style.bold(printable(outcome.challenger)),
                                 printable(outcome.champion), result_text(style, outcome.result())));
  Table table{{"METRIC", "SLICE", "RESULT", "CHALLENGER", "CHAMPION", "DIFFERENCE", "P", "HOLM"}};
  for (const auto& figure : outcome.figures) {
    table.add({{metric_text(figure), Tone::bold},
               {printable(figure.slice)},
               {std::string{name_of(figure.result)}, tone_of(figure.result)},
               {short_text(figure.challenger)},
               {short_text(figure.champion)},
               {difference_text(figure.challenger - figure.champion, figure.interval)},
               {p_text(figure.p_value)},
               {p_text(figure.adjusted_p)}});
  }
  session.print(table.text(style, session.columns(), "  "));
  print_reasons(session, outcome);
  std::vector<std::string> small;
  for (const auto& [name, count] : outcome.too_small) small.push_back(fmt::format("{} ({})", printable(name), count));
  if (!small.empty()) session.print_line(fmt::format("  too few rows to be judged: {}", join(small, ", ")));
  session.print_line(style.faint("  " + rule_text(outcome)));
}

void print_ab_test(const Session& session, const app::AbOutcome& outcome) {
  const Style& style = session.style();
  session.print_line(fmt::format("{}: {}", style.bold(printable(outcome.source)), result_text(style, outcome.result)));
  Table table{{"ARM", "NAME", "UNITS", "ROWS", outcome.is_binary ? "RATE" : "MEAN"}};
  add_arm(table, outcome, outcome.challenger, "challenger");
  add_arm(table, outcome, outcome.champion, "champion");
  session.print(table.text(style, session.columns(), "  "));
  session.print_line(fmt::format("  difference {}, p {}{}", difference_text(outcome.difference, outcome.interval),
                                 p_text(outcome.p_value), outcome.less_is_better ? " (less is better)" : ""));
  if (!outcome.reason.empty()) session.print_line("  " + outcome.reason);
  if (outcome.sprt) session.print_line("  " + sprt_text(outcome));
  if (outcome.cuped) session.print_line("  " + cuped_text(*outcome.cuped));
  if (outcome.bets) session.print_line(style.faint("  " + evidence_of_bets(*outcome.bets)));
  if (outcome.left_out > 0) {
    session.print_line(fmt::format("  {} of other arms are left out", count_text(outcome.left_out, "row")));
  }
  for (const std::string& note : outcome.notes) session.print_line("  " + note);
  session.print_line(style.faint(fmt::format(
      "  the {:.4g}% interval holds at every look, and at whichever the test is ended", 100 * outcome.confidence)));
}

void print_plan(const Session& session, const std::vector<app::PlannedDesign>& designs) {
  Table table{{"DESIGN", "ROWS", ""}};
  for (const auto& design : designs) {
    table.add({{design.design},
               {design.rows ? fmt::format("{}", *design.rows) : "more than anybody has"},
               {design.is_per_arm ? "in each arm" : ""}});
  }
  session.print(table.text(session.style(), session.columns()));
}

}  // namespace mlops::cli
