#include <mlops/domain/search.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::array<std::pair<SearchMethod, std::string_view>, 4> search_methods{{
    {SearchMethod::grid, "grid"},
    {SearchMethod::random, "random"},
    {SearchMethod::halving, "halving"},
    {SearchMethod::optuna, "optuna"},
}};

Json to_json(const Dimension& dimension) {
  Json json = Json::object({{"param", dimension.param}});
  if (!dimension.values.empty()) return json.set("values", Json{dimension.values});
  return json.set("least", dimension.least)
      .set("most", dimension.most)
      .set("integers", dimension.integers)
      .set("log", dimension.logarithmic);
}

Json to_json(const Rungs& rungs) {
  Json at = Json::array();
  for (const std::int64_t rung : rungs.at) at.push_back(rung);
  return Json::object({{"param", rungs.param}, {"at", std::move(at)}, {"keep", rungs.keep}});
}

Dimension dimension_from(const Json& json) {
  Dimension dimension;
  dimension.param = json.at("param").as_string();
  if (const Json* values = json.find("values")) {
    dimension.values = values->as_array();
    return dimension;
  }
  dimension.least = json.at("least").as_double();
  dimension.most = json.at("most").as_double();
  dimension.integers = json.at("integers").as_bool();
  dimension.logarithmic = json.at("log").as_bool();
  return dimension;
}

std::optional<std::string> text_in(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  if (found == nullptr || found->is_null()) return std::nullopt;
  return found->as_string();
}

Rungs rungs_from(const Json& json) {
  Rungs rungs;
  rungs.param = text_in(json, "param");
  for (const Json& rung : json.at("at").as_array()) rungs.at.push_back(rung.as_integer());
  rungs.keep = json.at("keep").as_integer();
  return rungs;
}

SearchPlan read_plan(const Json& json) {
  SearchPlan plan;
  plan.method = parse_search_method(json.at("method").as_string());
  plan.objective = parse_objective(json.at("objective").as_string());
  for (const Json& dimension : json.at("space").as_array()) plan.space.push_back(dimension_from(dimension));
  for (const Json& params : json.at("trials").as_array()) plan.trials.push_back(params_from_json(params));
  plan.count = json.at("count").as_integer();
  plan.seed = json.at("seed").as_integer();
  plan.jobs = json.at("jobs").as_integer();
  if (const Json& budget = json.at("budget_seconds"); !budget.is_null()) plan.budget_seconds = budget.as_integer();
  if (const Json& rungs = json.at("rungs"); !rungs.is_null()) plan.rungs = rungs_from(rungs);
  plan.repeats = json.at("repeats").as_bool();
  plan.promote = text_in(json, "promote");
  plan.message = json.at("message").as_string();
  return plan;
}

}  // namespace

std::string_view name_of(SearchMethod method) {
  for (const auto& [candidate, name] : search_methods) {
    if (candidate == method) return name;
  }
  return "";
}

SearchMethod parse_search_method(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& [method, name] : search_methods) {
    if (name == text) return method;
    names.emplace_back(name);
  }
  Error error{ErrorKind::usage, fmt::format("there is no way to search called `{}`", shown(text))};
  if (const auto near = near_miss(text, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint("there are: " + join(names, ", "));
  throw error;
}

std::size_t Rungs::survivors(std::size_t judged) const {
  const auto one_in = static_cast<std::size_t>(keep);
  return std::max<std::size_t>(1, (judged + one_in - 1) / one_in);
}

Rungs parse_rungs(std::string_view text) {
  Rungs rungs;
  const auto equals = text.find('=');
  if (equals != std::string_view::npos) rungs.param = check_key("param", trim(text.substr(0, equals)));
  const std::string_view list = equals == std::string_view::npos ? text : text.substr(equals + 1);
  for (const std::string& item : split(list, ',')) {
    const auto rung = parse_integer(trim(item));
    if (!rung || *rung < 1 || (!rungs.at.empty() && *rung <= rungs.at.back())) {
      throw Error{ErrorKind::usage,
                  fmt::format("`--rungs {}`: rungs are whole numbers above 0 that rise", shown(text)),
                  {"`--rungs 10,30,90` judges at these steps, `--rungs epochs=10,30,90` sets the param"}};
    }
    rungs.at.push_back(*rung);
  }
  if (rungs.param && rungs.at.size() < 2)
    throw Error{ErrorKind::usage, fmt::format("`--rungs {}`: a param needs two rungs or more", shown(text))};
  return rungs;
}

Json to_json(const SearchPlan& plan) {
  Json space = Json::array();
  for (const Dimension& dimension : plan.space) space.push_back(to_json(dimension));
  Json trials = Json::array();
  for (const Params& params : plan.trials) trials.push_back(to_json(params));
  return Json::object({{"method", name_of(plan.method)},
                       {"objective", plan.objective.text()},
                       {"space", std::move(space)},
                       {"trials", std::move(trials)},
                       {"count", plan.count},
                       {"seed", plan.seed},
                       {"jobs", plan.jobs},
                       {"budget_seconds", plan.budget_seconds},
                       {"rungs", plan.rungs ? to_json(*plan.rungs) : Json{}},
                       {"repeats", plan.repeats},
                       {"promote", plan.promote},
                       {"message", plan.message}});
}

SearchPlan search_plan_from_json(const Json& json) {
  try {
    return read_plan(json);
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("the plan of a search is damaged: {}", error.message())};
  }
}

}  // namespace mlops::domain
