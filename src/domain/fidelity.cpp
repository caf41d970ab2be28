#include <mlops/domain/fidelity.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <set>
#include <tuple>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

using Facts = std::map<std::string, std::string>;

std::string fact_text(const Json& value) { return value.is_string() ? value.as_string() : to_line(value); }

void add_changes(DifferenceKind kind, const Facts& before, const Facts& after, std::vector<Difference>& differences) {
  std::set<std::string> names;
  for (const Facts& facts : {before, after}) {
    for (const auto& [name, value] : facts) names.insert(name);
  }
  for (const std::string& name : names) {
    const auto first = before.find(name);
    const auto second = after.find(name);
    const std::string was = first == before.end() ? "" : first->second;
    const std::string is = second == after.end() ? "" : second->second;
    if (was != is) differences.push_back({.kind = kind, .name = name, .before = was, .after = is});
  }
}

Facts recipe_facts(const Run& run) {
  Facts facts;
  for (const auto& [name, value] : run.params) facts["params." + name] = fact_text(value);
  if (run.seed) facts["seed"] = std::to_string(*run.seed);
  return facts;
}

// A param or a seed that changed is also seen in the command; it is told once.
void compare_recipes(const Run& before, const Run& after, std::vector<Difference>& differences) {
  add_changes(DifferenceKind::recipe, recipe_facts(before), recipe_facts(after), differences);
  if (!differences.empty()) return;
  add_changes(DifferenceKind::recipe, {{"command", join(before.command, " ")}}, {{"command", join(after.command, " ")}},
              differences);
}

Facts code_facts(const Run& run) {
  Facts facts;
  if (!run.git) return facts;
  facts["commit"] = run.git->commit;
  if (run.git->dirty) facts["uncommitted changes"] = run.git->diff ? run.git->diff->text() : "not recorded";
  return facts;
}

void compare_code(const Run& before, const Run& after, std::vector<Difference>& differences) {
  add_changes(DifferenceKind::code, code_facts(before), code_facts(after), differences);
  // What was not recorded can't have been done again.
  if (before.git && before.git->dirty && !before.git->diff && code_facts(before) == code_facts(after)) {
    differences.push_back(
        {.kind = DifferenceKind::code, .name = "uncommitted changes", .before = "not recorded", .after = ""});
  }
}

// Snapshots with the same bytes are the same data, whatever their names.
void compare_data(const Run& before, const Run& after, std::vector<Difference>& differences) {
  const auto by_role = [](const Run& run) {
    std::map<std::string, DataUse> uses;
    for (const DataUse& use : run.inputs) uses.emplace(use.role, use);
    return uses;
  };
  const auto first = by_role(before);
  const auto second = by_role(after);
  const auto text = [](const DataUse& use) {
    return fmt::format("{} ({})", VersionId{use.dataset, use.number}.text(), use.digest.text().substr(0, 19));
  };
  Facts was;
  Facts is;
  for (const auto& [role, use] : first) {
    const auto other = second.find(role);
    if (other != second.end() && other->second.digest == use.digest) continue;
    was[role] = text(use);
    if (other != second.end()) is[role] = text(other->second);
  }
  for (const auto& [role, use] : second) {
    if (!first.contains(role)) is[role] = text(use);
  }
  add_changes(DifferenceKind::data, was, is, differences);
}

void add_member(const Json& environment, std::string_view key, Facts& facts, std::string_view shown = "") {
  const Json* const value = environment.find(key);
  if (value != nullptr && !value->is_null()) facts[std::string{shown.empty() ? key : shown}] = fact_text(*value);
}

void add_members(const Json& environment, std::string_view key, const std::string& prefix, Facts& facts) {
  const Json* const group = environment.find(key);
  if (group == nullptr || !group->is_object()) return;
  for (const auto& [name, value] : group->as_object()) facts[prefix + name] = fact_text(value);
}

// Where the interpreter stands is no difference; what it is and has installed is.
Facts environment_facts(const Run& run) {
  Facts facts;
  add_member(run.environment, "os", facts);
  if (const Json* const interpreter = run.environment.find("interpreter")) {
    add_member(*interpreter, "implementation", facts, "interpreter");
    add_member(*interpreter, "version", facts, "interpreter version");
  }
  add_members(run.environment, "packages", "", facts);
  add_members(run.environment, "variables", "variable ", facts);
  add_member(run.environment, "lock", facts);
  return facts;
}

Facts hardware_facts(const Run& run) {
  Facts facts;
  for (const std::string_view key : {"kernel", "cpu", "cores", "memory_bytes", "gpus"}) {
    add_member(run.environment, key, facts);
  }
  add_members(run.environment, "threads", "threads ", facts);
  return facts;
}

std::map<std::string, Digest> written_files(const Run& run) {
  std::map<std::string, Digest> files;
  for (const RunOutput& output : run.outputs) {
    for (const FileEntry& file : output.files) files.emplace(output.name + "/" + file.path, file.digest);
  }
  return files;
}

void compare_files(const Run& before, const Run& after, Fidelity& fidelity) {
  const auto first = written_files(before);
  const auto second = written_files(after);
  fidelity.files = first.size();
  for (const auto& [path, digest] : first) {
    const auto other = second.find(path);
    if (other == second.end() || other->second != digest) fidelity.different_files.push_back(path);
  }
  for (const auto& [path, digest] : second) {
    if (!first.contains(path)) fidelity.different_files.push_back(path);
  }
  std::ranges::sort(fidelity.different_files);
}

void compare_metrics(const Run& before, const Run& after, const std::map<std::string, double>& tolerance,
                     Fidelity& fidelity) {
  std::map<std::string, MetricFidelity> metrics;
  for (const auto& [name, value] : before.metrics) metrics[name].before = value;
  for (const auto& [name, value] : after.metrics) metrics[name].after = value;
  for (auto& [name, metric] : metrics) {
    metric.name = name;
    if (const auto allowed = tolerance.find(name); allowed != tolerance.end()) metric.tolerance = allowed->second;
    fidelity.metrics.push_back(metric);
  }
}

}  // namespace

std::string_view name_of(DifferenceKind kind) {
  constexpr std::array<std::string_view, 5> names{"recipe", "code", "data", "environment", "hardware"};
  return names.at(static_cast<std::size_t>(kind));
}

// A tolerance of 0.001 is a number of the decimal world: 0.951 is within 0.001 of 0.95, although not in binary.
bool MetricFidelity::within() const {
  if (!before || !after) return false;
  if (*before == *after) return true;
  const double slack = 4e-16 * std::max({std::abs(*before), std::abs(*after), tolerance});
  return tolerance > 0 && std::abs(*before - *after) <= tolerance + slack;
}

bool Fidelity::within_tolerance() const {
  return !metrics.empty() && std::ranges::all_of(metrics, [](const MetricFidelity& metric) { return metric.within(); });
}

std::optional<int> Fidelity::grade() const {
  const auto differs = [&](std::initializer_list<DifferenceKind> kinds) {
    return std::ranges::any_of(differences, [&](const Difference& difference) {
      return std::ranges::find(kinds, difference.kind) != kinds.end();
    });
  };
  using enum DifferenceKind;
  if (differs({recipe})) return std::nullopt;
  if (differs({code, data})) return 0;
  if (identical()) return 4;
  if (differs({environment})) return 1;
  return differs({hardware}) ? 2 : 3;
}

Fidelity compare_runs(const Run& before, const Run& after, const std::map<std::string, double>& tolerance) {
  Fidelity fidelity;
  compare_recipes(before, after, fidelity.differences);
  compare_code(before, after, fidelity.differences);
  compare_data(before, after, fidelity.differences);
  add_changes(DifferenceKind::environment, environment_facts(before), environment_facts(after), fidelity.differences);
  add_changes(DifferenceKind::hardware, hardware_facts(before), hardware_facts(after), fidelity.differences);
  compare_files(before, after, fidelity);
  compare_metrics(before, after, tolerance, fidelity);
  return fidelity;
}

Json to_json(const Fidelity& fidelity) {
  Json::Array differences;
  for (const Difference& difference : fidelity.differences) {
    differences.push_back(Json::object({{"kind", name_of(difference.kind)},
                                        {"name", difference.name},
                                        {"before", difference.before},
                                        {"after", difference.after},
                                        {"detail", difference.detail}}));
  }
  Json::Array different_files;
  for (const std::string& path : fidelity.different_files) different_files.emplace_back(path);
  Json::Array metrics;
  for (const MetricFidelity& metric : fidelity.metrics) {
    metrics.push_back(Json::object({{"metric", metric.name},
                                    {"before", metric.before},
                                    {"after", metric.after},
                                    {"tolerance", metric.tolerance},
                                    {"within", metric.within()}}));
  }
  const auto grade = fidelity.grade();
  return Json::object({{"grade", grade ? Json{fmt::format("F{}", *grade)} : Json{}},
                       {"reproduced", fidelity.reproduced()},
                       {"identical", fidelity.identical()},
                       {"within_tolerance", fidelity.within_tolerance()},
                       {"differences", Json{std::move(differences)}},
                       {"files", fidelity.files},
                       {"different_files", Json{std::move(different_files)}},
                       {"metrics", Json{std::move(metrics)}}});
}

}  // namespace mlops::domain
