#include <mlops/app/run_looks.hpp>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/domain/filter.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "changes.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::uint64_t largest_series_object = std::uint64_t{1} << 30;

std::vector<std::string> names_of_metrics(const std::vector<domain::Run>& runs) {
  std::set<std::string> names;
  for (const domain::Run& run : runs) {
    for (const auto& [name, value] : run.metrics) names.insert(name);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> differing_params(const std::vector<domain::Run>& runs) {
  std::set<std::string> names;
  for (const domain::Run& run : runs) {
    for (const auto& [name, value] : run.params) names.insert(name);
  }
  std::erase_if(names, [&](const std::string& name) {
    const auto value_in = [&](const domain::Run& run) -> std::optional<Json> {
      const auto found = run.params.find(name);
      return found == run.params.end() ? std::nullopt : std::optional{found->second};
    };
    return std::ranges::all_of(runs, [&](const domain::Run& run) { return value_in(run) == value_in(runs.front()); });
  });
  return {names.begin(), names.end()};
}

std::map<std::string, std::string> facts_of(const domain::Run& run) {
  std::map<std::string, std::string> facts{{"command", join(run.command, " ")},
                                           {"directory", run.directory},
                                           {"status", std::string{domain::name_of(run.status)}}};
  if (run.seed) facts["seed"] = std::to_string(*run.seed);
  if (run.model) facts["model"] = *run.model;
  if (run.git) {
    facts["commit"] = run.git->commit;
    facts["uncommitted changes"] = run.git->diff ? run.git->diff->short_text() : run.git->dirty ? "yes" : "no";
  }
  return facts;
}

std::map<std::string, std::string> output_digests(const domain::Run& run) {
  std::map<std::string, std::string> digests;
  for (const domain::RunOutput& output : run.outputs) {
    for (const domain::FileEntry& file : output.files) digests[output.name + "/" + file.path] = file.digest.text();
  }
  return digests;
}

}  // namespace

store::Page<domain::Run> list_runs(Workspace& workspace, const ListRunsRequest& request) {
  const auto view = workspace.read();
  if (!request.where && request.sort == "number" && !request.ascending)
    return view->runs(request.model, request.limit, request.after);
  store::RunQuery query;
  query.model = request.model;
  if (request.where) query.filter = domain::parse_run_filter(*request.where);
  query.sort = request.sort;
  query.descending = !request.ascending;
  query.limit = request.limit;
  query.after = request.after;
  query.now = workspace.now();
  return view->find_runs(query);
}

domain::Series run_series(Workspace& workspace, const domain::Run& run) {
  if (!run.series || !workspace.artifacts().has(*run.series)) return {};
  return domain::series_from_json(parse_json(workspace.artifacts().get_bytes(*run.series, largest_series_object),
                                             fmt::format("the series of run {}", run.number)));
}

CompareRunsOutcome compare_runs(Workspace& workspace, const CompareRunsRequest& request) {
  CompareRunsOutcome outcome;
  if (request.runs.empty()) {
    outcome.runs = list_runs(workspace, request.list).items;
  } else {
    const auto view = workspace.read();
    for (const std::int64_t number : request.runs) outcome.runs.push_back(load_run(*view, number));
  }
  if (outcome.runs.size() < 2) {
    throw Error{ErrorKind::usage,
                "there must be two runs or more to compare",
                {"`mlops run compare 12 15`, or `mlops run compare --where 'search = 12'`"}};
  }
  outcome.params = differing_params(outcome.runs);
  outcome.metrics = names_of_metrics(outcome.runs);
  if (!request.with_series) return outcome;
  for (const domain::Run& run : outcome.runs) {
    auto series = run_series(workspace, run);
    if (!series.empty()) outcome.series.emplace(run.number, std::move(series));
  }
  return outcome;
}

bool DiffRunsOutcome::same() const {
  return facts.empty() && metrics.empty() && params.empty() && inputs.empty() && outputs.empty() && environment.empty();
}

DiffRunsOutcome diff_runs(Workspace& workspace, std::int64_t a, std::int64_t b) {
  const auto view = workspace.read();
  DiffRunsOutcome outcome;
  outcome.a = load_run(*view, a);
  outcome.b = load_run(*view, b);
  outcome.facts = changes(facts_of(outcome.a), facts_of(outcome.b));
  outcome.metrics = changes(outcome.a.metrics, outcome.b.metrics);
  outcome.params = changes(outcome.a.params, outcome.b.params);
  outcome.inputs = data_changes(outcome.a.inputs, outcome.b.inputs);
  outcome.outputs = changes(output_digests(outcome.a), output_digests(outcome.b));
  outcome.environment = changes(flat_environment(outcome.a.environment), flat_environment(outcome.b.environment));
  return outcome;
}

}  // namespace mlops::app
