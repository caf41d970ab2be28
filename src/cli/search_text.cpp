#include "search_text.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "render.hpp"
#include "table.hpp"

namespace mlops::cli {

namespace {

std::vector<std::string> param_names(const std::vector<app::Trial>& trials) {
  std::set<std::string> names;
  for (const app::Trial& trial : trials) {
    for (const auto& [name, value] : trial.params) names.insert(name);
  }
  return {names.begin(), names.end()};
}

std::vector<const app::Trial*> best_first(const domain::SearchPlan& plan, const std::vector<app::Trial>& trials,
                                          std::optional<std::int64_t> best) {
  std::vector<const app::Trial*> order;
  for (const app::Trial& trial : trials) order.push_back(&trial);
  const auto rank = [&](const app::Trial& trial) {
    if (trial.number == best) return 0;
    if (!trial.value) return 3;
    return trial.status == domain::RunStatus::succeeded ? 1 : 2;
  };
  std::ranges::stable_sort(order, [&](const app::Trial* a, const app::Trial* b) {
    if (rank(*a) != rank(*b)) return rank(*a) < rank(*b);
    return a->value && b->value && is_better(plan.objective.goal, *a->value, *b->value);
  });
  return order;
}

}  // namespace

std::string trials_text(const Style& style, std::size_t columns, const domain::SearchPlan& plan,
                        const std::vector<app::Trial>& trials, std::optional<std::int64_t> best, std::size_t most) {
  const std::vector<std::string> names = param_names(trials);
  std::vector<std::string> headers{"TRIAL", "RUN", "STATUS", printable(plan.objective.metric)};
  for (const std::string& name : names) headers.push_back(printable(name));
  headers.emplace_back("WHY");
  Table table{headers};
  table.soft({"WHY"});
  std::size_t shown = 0;
  for (const app::Trial* trial : best_first(plan, trials, best)) {
    if (shown++ == most) break;
    const bool is_best = trial->number == best;
    std::vector<Cell> row{{std::to_string(trial->number), is_best ? Tone::bold : Tone::plain},
                          {trial->run ? std::to_string(*trial->run) : std::string{}},
                          {trial->run ? std::string{name_of(trial->status)} : std::string{},
                           trial->run ? tone_of(trial->status) : Tone::plain},
                          {trial->value ? figure_text(*trial->value) : std::string{}}};
    for (const std::string& name : names) {
      const auto value = trial->params.find(name);
      row.emplace_back(value == trial->params.end() ? std::string{} : param_text(value->second));
    }
    row.emplace_back(is_best ? std::string{"best"} : printable(trial->failure));
    table.add(std::move(row));
  }
  std::string text = table.text(style, columns, "  ");
  if (trials.size() > most) text += fmt::format("  and {} more\n", trials.size() - most);
  return text;
}

std::string search_plan_text(const domain::SearchPlan& plan) {
  std::string text =
      fmt::format("{} search of {} for {}", domain::name_of(plan.method),
                  count_text(static_cast<std::size_t>(plan.count), "trial"), printable(plan.objective.text()));
  if (plan.rungs) {
    std::vector<std::string> rungs;
    for (const std::int64_t rung : plan.rungs->at) rungs.push_back(std::to_string(rung));
    text += fmt::format(", one in {} goes on at {} {}", plan.rungs->keep,
                        plan.rungs->param ? printable(*plan.rungs->param) : std::string{"step"}, join(rungs, ", "));
  }
  if (plan.jobs > 1) text += fmt::format(", {} at once", plan.jobs);
  if (plan.budget_seconds) text += fmt::format(", for {}", duration_text(*plan.budget_seconds * 1000));
  return text;
}

Json trials_json(const std::vector<app::Trial>& trials) {
  Json array = Json::array();
  for (const app::Trial& trial : trials) array.push_back(app::to_json(trial));
  return array;
}

Json search_json(const app::SearchOutcome& outcome) {
  return Json::object({{"run", outcome.run},
                       {"method", domain::name_of(outcome.plan.method)},
                       {"objective", outcome.plan.objective.text()},
                       {"seed", outcome.plan.seed},
                       {"best", outcome.best},
                       {"out_of_time", outcome.out_of_time},
                       {"failure", outcome.failure},
                       {"trials", trials_json(outcome.trials)}});
}

std::int64_t parse_span_seconds(const std::string& text, const std::string& flag) {
  const auto span = parse_time_span(text);
  if (span && *span >= 1000) return *span / 1000;
  throw Error{ErrorKind::usage,
              fmt::format("`{} {}` is no span of time", flag, printable(text)),
              {fmt::format("such as `{} 90m` or `{} 2h`", flag, flag)}};
}

}  // namespace mlops::cli
