#include <mlops/domain/execution.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/records.hpp>

#include "json_parts.hpp"

namespace mlops::domain {
namespace {

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json{std::move(array)};
}

Json retry_json(const Retry& retry) {
  if (retry.times == 0) return {};
  Json::Array codes;
  for (const int code : retry.exit_codes) codes.emplace_back(code);
  return Json::object({{"exit_codes", Json{std::move(codes)}}, {"times", retry.times}});
}

Json needs_json(const ResourceNeed& needs) {
  if (needs == ResourceNeed{}) return {};
  return Json::object({{"cpus", needs.cpus}, {"memory_bytes", needs.memory_bytes}, {"gpus", needs.gpus}});
}

Json environment_json(const EnvironmentPlan& plan) {
  if (plan == EnvironmentPlan{}) return {};
  return Json::object({{"lock", plan.lock},
                       {"setup", texts_json(plan.setup)},
                       {"variables", plan.variables ? texts_json(*plan.variables) : Json{}},
                       {"secrets", texts_json(plan.secrets)}});
}

Json conduct_json(const Conduct& conduct) {
  return Json::object({{"timeout_seconds", conduct.timeout_seconds},
                       {"retry", retry_json(conduct.retry)},
                       {"needs", needs_json(conduct.needs)},
                       {"environment", environment_json(conduct.environment)}});
}

// The member, unless it is missing or null.
const Json* present(const Json& json, std::string_view key) {
  const Json* const found = json.find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

void read(const Json& json, std::string_view key, std::string& into) {
  if (const Json* const found = present(json, key)) into = found->as_string();
}

void read(const Json& json, std::string_view key, std::optional<std::string>& into) {
  if (const Json* const found = present(json, key)) into = found->as_string();
}

void read(const Json& json, std::string_view key, std::optional<std::int64_t>& into) {
  if (const Json* const found = present(json, key)) into = found->as_integer();
}

void read(const Json& json, std::string_view key, std::vector<std::string>& into) {
  const Json* const found = present(json, key);
  if (found == nullptr) return;
  for (const Json& item : found->as_array()) into.push_back(item.as_string());
}

void read(const Json& json, std::string_view key, std::map<std::string, std::string>& into) {
  const Json* const found = present(json, key);
  if (found == nullptr) return;
  for (const auto& [name, value] : found->as_object()) into.emplace(name, value.as_string());
}

void read(const Json& json, std::string_view key, std::map<std::string, double>& into) {
  const Json* const found = present(json, key);
  if (found == nullptr) return;
  for (const auto& [name, value] : found->as_object()) into.emplace(name, value.as_double());
}

Retry retry_of(const Json& json) {
  Retry retry;
  for (const Json& code : json.at("exit_codes").as_array())
    retry.exit_codes.push_back(static_cast<int>(code.as_integer()));
  retry.times = json.at("times").as_integer();
  return retry;
}

ResourceNeed needs_of(const Json& json) {
  ResourceNeed needs;
  if (const Json* const cpus = present(json, "cpus")) needs.cpus = cpus->as_double();
  if (const Json* const bytes = present(json, "memory_bytes")) needs.memory_bytes = count_of(*bytes);
  read(json, "gpus", needs.gpus);
  return needs;
}

EnvironmentPlan environment_of(const Json& json) {
  EnvironmentPlan plan;
  read(json, "lock", plan.lock);
  read(json, "setup", plan.setup);
  if (present(json, "variables") != nullptr) read(json, "variables", plan.variables.emplace());
  read(json, "secrets", plan.secrets);
  return plan;
}

Conduct conduct_of(const Json& json) {
  Conduct conduct;
  read(json, "timeout_seconds", conduct.timeout_seconds);
  if (const Json* const retry = present(json, "retry")) conduct.retry = retry_of(*retry);
  if (const Json* const needs = present(json, "needs")) conduct.needs = needs_of(*needs);
  if (const Json* const plan = present(json, "environment")) conduct.environment = environment_of(*plan);
  return conduct;
}

Json job_json(const ClusterJob& job) {
  return Json::object({{"on", job.kind},
                       {"profile", job.profile},
                       {"settings", object_of(job.settings)},
                       {"name", job.name},
                       {"id", job.id.empty() ? Json{} : Json{job.id}}});
}

ClusterJob job_of(const Json& json) {
  ClusterJob job;
  read(json, "on", job.kind);
  read(json, "profile", job.profile);
  read(json, "settings", job.settings);
  read(json, "name", job.name);
  read(json, "id", job.id);
  return job;
}

Execution read_execution(const Json& json) {
  Execution execution;
  read(json, "command_template", execution.command_template);
  read(json, "inputs", execution.inputs);
  read(json, "outputs", execution.outputs);
  read(json, "metrics_file", execution.metrics_file);
  read(json, "tolerance", execution.tolerance);
  if (const Json* const conduct = present(json, "conduct")) execution.conduct = conduct_of(*conduct);
  read(json, "submodules", execution.submodules);
  read(json, "lfs", execution.lfs);
  if (const Json* const attempts = present(json, "attempts")) {
    for (const Json& attempt : attempts->as_array()) execution.attempts.push_back(attempt_from_json(attempt));
  }
  if (const Json* const stages = present(json, "stages")) {
    for (const Json& stage : stages->as_array()) execution.stages.push_back(stage_run_from_json(stage));
  }
  read(json, "notes", execution.notes);
  read(json, "log_format", execution.log_format);
  read(json, "owner", execution.owner);
  read(json, "step", execution.step);
  read(json, "folder", execution.folder);
  if (const Json* const request = present(json, "request")) execution.request = *request;
  read(json, "snapshot", execution.snapshot);
  if (const Json* const job = present(json, "job")) execution.job = job_of(*job);
  if (const Json* const fidelity = present(json, "fidelity")) execution.fidelity = *fidelity;
  return execution;
}

}  // namespace

std::optional<ResourceUse> total_use(const std::vector<Attempt>& attempts) {
  if (attempts.empty()) return std::nullopt;
  ResourceUse total;
  for (const Attempt& attempt : attempts) {
    total.wall_ms += attempt.used.wall_ms;
    total.cpu_ms += attempt.used.cpu_ms;
    total.peak_memory_bytes = std::max(total.peak_memory_bytes, attempt.used.peak_memory_bytes);
  }
  return total;
}

Json to_json(const Execution& execution) {
  Json::Array attempts;
  for (const Attempt& attempt : execution.attempts) attempts.push_back(to_json(attempt));
  Json::Array stages;
  for (const StageRun& stage : execution.stages) stages.push_back(to_json(stage));
  const auto used = total_use(execution.attempts);
  return Json::object({{"command_template", texts_json(execution.command_template)},
                       {"inputs", object_of(execution.inputs)},
                       {"outputs", object_of(execution.outputs)},
                       {"metrics_file", execution.metrics_file},
                       {"tolerance", object_of(execution.tolerance)},
                       {"conduct", conduct_json(execution.conduct)},
                       {"submodules", object_of(execution.submodules)},
                       {"lfs", object_of(execution.lfs)},
                       {"stages", Json{std::move(stages)}},
                       {"attempts", Json{std::move(attempts)}},
                       {"used", used ? to_json(*used) : Json{}},
                       {"notes", texts_json(execution.notes)},
                       {"log_format", execution.log_format},
                       {"owner", execution.owner},
                       {"step", execution.step},
                       {"folder", execution.folder},
                       {"request", execution.request},
                       {"snapshot", execution.snapshot},
                       {"job", execution.job ? job_json(*execution.job) : Json{}},
                       {"fidelity", execution.fidelity}});
}

Execution execution_of(const Run& run) {
  if (run.execution.is_null()) return {};
  try {
    return read_execution(run.execution);
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("how run {} went can't be read: {}", run.number, error.message())};
  }
}

}  // namespace mlops::domain
