#include "search/plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/formats/table.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "search/candidates.hpp"

namespace mlops::app {

namespace {

using domain::SearchMethod;
using domain::SearchPlan;

constexpr std::int64_t usual_sample = 20;
constexpr std::int64_t most_jobs = 256;

domain::Objective objective_of(const SearchRequest& request, const domain::Recipe& recipe) {
  if (request.objective) return domain::parse_objective(*request.objective);
  if (recipe.objective) return *recipe.objective;
  throw Error{ErrorKind::usage,
              "what the search looks for is not said",
              {"`--objective auc:max`, or `objective = \"auc:max\"` in the recipe"}};
}

std::vector<domain::Dimension> space_of(const std::vector<std::string>& sets, const domain::Recipe& recipe) {
  domain::SearchedParams known;
  for (const auto& [name, value] : recipe.params) {
    const auto rule = recipe.param_rules.find(name);
    known.emplace(name, domain::SearchedParam{value, rule == recipe.param_rules.end() ? nullptr : &rule->second});
  }
  std::vector<domain::Dimension> space;
  std::set<std::string> taken;
  for (const std::string& text : sets) {
    if (text.starts_with('@')) {
      throw Error{ErrorKind::usage,
                  fmt::format("`--set {}`: a file of trials stands alone", printable(text)),
                  {"its columns are the params; leave out the other `--set`"}};
    }
    space.push_back(domain::parse_dimension(text, known));
    if (!taken.insert(space.back().param).second)
      throw Error{ErrorKind::usage, fmt::format("`--set` names the param `{}` twice", printable(space.back().param))};
  }
  return space;
}

// Each row is a trial and each column a param; an empty cell leaves the recipe's own value.
std::vector<domain::Params> trials_in(const std::filesystem::path& file) {
  const formats::Table table = formats::load_table(file, {.columns = {}, .rows = most_trials}, {.name = file.string()});
  std::vector<domain::Params> trials(table.rows);
  for (const formats::LoadedColumn& column : table.columns) {
    for (std::size_t row = 0; row < table.rows; ++row) {
      if (column.missing[row]) continue;
      trials[row].insert_or_assign(column.name,
                                   column.is_text ? Json{column.texts[row]} : domain::parse_scalar(column.texts[row]));
    }
  }
  if (trials.empty()) throw Error{ErrorKind::usage, fmt::format("{} holds no trials", file.string())};
  return trials;
}

SearchMethod method_of(const SearchRequest& request, const std::vector<domain::Dimension>& space) {
  if (request.method) return domain::parse_search_method(*request.method);
  if (request.rungs) return SearchMethod::halving;
  const bool can_be_counted = std::ranges::all_of(space, [](const auto& one) { return one.count().has_value(); });
  return can_be_counted && !request.sample ? SearchMethod::grid : SearchMethod::random;
}

void decide_rungs(const SearchRequest& request, const domain::Recipe& recipe, SearchPlan& plan) {
  if (plan.method != SearchMethod::halving) {
    if (!request.rungs && !request.keep) return;
    throw Error{ErrorKind::usage, fmt::format("`--rungs` and `--keep` belong to `--search halving`, not to `{}`",
                                              domain::name_of(plan.method))};
  }
  if (!request.rungs) {
    throw Error{ErrorKind::usage,
                "halving needs its rungs",
                {"`--rungs 10,30,90` judges running trials at these steps of their metrics",
                 "`--rungs epochs=10,30,90` trains with little first, and the best again with more"}};
  }
  plan.rungs = domain::parse_rungs(*request.rungs);
  if (request.keep) plan.rungs->keep = *request.keep;
  if (!plan.rungs->param) return;
  const std::string& param = *plan.rungs->param;
  if (!recipe.params.contains(param))
    throw Error{ErrorKind::usage, fmt::format("`--rungs`: the recipe has no param `{}`", printable(param))};
  const bool is_searched = std::ranges::any_of(plan.space, [&](const auto& one) { return one.param == param; });
  if (is_searched)
    throw Error{ErrorKind::usage, fmt::format("`{}` can't be both searched and set by the rungs", printable(param))};
}

void decide_trials(const SearchRequest& request, SearchPlan& plan) {
  const auto sample = request.sample.value_or(usual_sample);
  const auto drawn = [&] {
    return drawn_combinations(plan.space, static_cast<std::uint64_t>(sample), static_cast<std::uint64_t>(plan.seed));
  };
  switch (plan.method) {
    case SearchMethod::grid:
      plan.trials = request.sample ? drawn() : all_combinations(plan.space);
      break;
    case SearchMethod::random:
      plan.trials = drawn();
      break;
    case SearchMethod::halving:
      plan.trials = !request.sample && count_combinations(plan.space) ? all_combinations(plan.space) : drawn();
      break;
    case SearchMethod::optuna:
      plan.count = sample;
      return;
  }
  plan.count = static_cast<std::int64_t>(plan.trials.size());
}

void take_trials_file(Workspace& workspace, const std::string& name, const SearchRequest& request, SearchPlan& plan) {
  if (request.sample || plan.method == SearchMethod::random || plan.method == SearchMethod::optuna)
    throw Error{ErrorKind::usage, "nothing is drawn from a file of trials: all of them are run"};
  plan.trials = trials_in(workspace.absolute(name));
  plan.count = static_cast<std::int64_t>(plan.trials.size());
}

// Every mistake is told before the first trial, not in the middle of the night.
void check_trials(const RetrainDecision& decision, const SearchPlan& plan) {
  for (const domain::Params& trial : plan.trials) with_params(decision, trial);
  if (!plan.rungs || !plan.rungs->param) return;
  for (const std::int64_t rung : plan.rungs->at) with_params(decision, {{*plan.rungs->param, Json{rung}}});
}

}  // namespace

SearchPlan draw_up(Workspace& workspace, const SearchRequest& request, const RetrainDecision& decision) {
  SearchPlan plan;
  plan.objective = objective_of(request, decision.recipe);
  plan.seed = request.seed.value_or(plan.seed);
  plan.jobs = std::min(request.jobs.value_or(plan.jobs), most_jobs);
  plan.budget_seconds = request.budget_seconds;
  plan.repeats = decision.repeats;
  plan.promote = request.retrain.promote;
  plan.message = request.retrain.message;
  const bool is_file = request.sets.size() == 1 && request.sets.front().starts_with('@');
  if (!is_file) plan.space = space_of(request.sets, decision.recipe);
  plan.method = method_of(request, plan.space);
  decide_rungs(request, decision.recipe, plan);
  if (is_file) {
    take_trials_file(workspace, request.sets.front().substr(1), request, plan);
  } else {
    decide_trials(request, plan);
  }
  check_trials(decision, plan);
  return plan;
}

}  // namespace mlops::app
