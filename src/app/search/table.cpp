// The table of a search: what was tried, and what came of it.
#include <algorithm>
#include <map>
#include <set>

#include <mlops/app/trials.hpp>

#include "search/table.hpp"

namespace mlops::app {

namespace {

std::set<std::string> searched_params(const domain::SearchPlan& plan) {
  std::set<std::string> names;
  for (const domain::Dimension& dimension : plan.space) names.insert(dimension.param);
  for (const domain::Params& trial : plan.trials) {
    for (const auto& [name, value] : trial) names.insert(name);
  }
  if (plan.rungs && plan.rungs->param) names.insert(*plan.rungs->param);
  return names;
}

Trial trial_of(const domain::Run& run, const domain::SearchPlan& plan, const std::set<std::string>& names) {
  Trial trial;
  trial.number = run.trial.value_or(0);
  trial.run = run.number;
  for (const auto& [name, value] : run.params) {
    if (names.contains(name)) trial.params.emplace(name, value);
  }
  trial.status = run.status;
  trial.failure = run.failure;
  const auto value = run.metrics.find(plan.objective.metric);
  if (value != run.metrics.end()) trial.value = value->second;
  trial.metrics = run.metrics;
  return trial;
}

// Where trials began again with more to spend, only those that had the most are compared.
std::optional<std::int64_t> best_of(const std::vector<Trial>& trials, const domain::SearchPlan& plan) {
  const auto spent = [&](const Trial& trial) {
    if (!plan.rungs || !plan.rungs->param) return 0.0;
    const auto found = trial.params.find(*plan.rungs->param);
    return found != trial.params.end() && found->second.is_number() ? found->second.as_double() : 0.0;
  };
  const Trial* best = nullptr;
  for (const Trial& trial : trials) {
    if (trial.status != domain::RunStatus::succeeded || !trial.value) continue;
    const bool further = best != nullptr && spent(trial) > spent(*best);
    const bool level = best != nullptr && spent(trial) == spent(*best);
    if (best == nullptr || further || (level && is_better(plan.objective.goal, *trial.value, *best->value)))
      best = &trial;
  }
  return best == nullptr ? std::nullopt : std::optional{best->number};
}

}  // namespace

Json to_json(const Trial& trial) {
  return Json::object({{"trial", trial.number},
                       {"run", trial.run},
                       {"params", domain::to_json(trial.params)},
                       {"status", trial.run ? Json{domain::name_of(trial.status)} : Json{}},
                       {"failure", trial.failure},
                       {"value", trial.value},
                       {"metrics", domain::to_json(trial.metrics)}});
}

Json to_json(const SearchTable& table) {
  Json trials = Json::array();
  for (const Trial& trial : table.trials) trials.push_back(to_json(trial));
  return Json::object({{"plan", domain::to_json(table.plan)}, {"best", table.best}, {"trials", std::move(trials)}});
}

// A trial that was interrupted has another run; the last one counts.
SearchTable search_table(store::ReadTransaction& view, const domain::Run& search) {
  SearchTable table;
  table.plan = domain::search_plan_from_json(search.search_plan);
  const auto names = searched_params(table.plan);
  std::map<std::int64_t, Trial> by_number;
  for (const domain::Run& run : view.trials(search.number)) {
    if (run.trial) by_number.insert_or_assign(*run.trial, trial_of(run, table.plan, names));
  }
  for (auto& [number, trial] : by_number) table.trials.push_back(std::move(trial));
  table.best = best_of(table.trials, table.plan);
  return table;
}

}  // namespace mlops::app
