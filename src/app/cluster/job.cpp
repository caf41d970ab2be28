#include "cluster/job.hpp"

#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

#include "cluster/profile.hpp"
#include "training_environment.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

using namespace std::literals;

// A file that a node wrote may be seen a moment later on another host.
constexpr auto longest_settling = 5s;
constexpr auto look_again_after = 200ms;
constexpr int signal_base = 128;

std::vector<std::string> output_paths(const CommandPlan& plan, const RunFolder& folder) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < plan.outputs.size(); ++i) {
    std::string path = plan.outputs[i].second.string();
    if (plan.output_names_shown[i].ends_with('/') && !path.ends_with('/')) path += '/';
    paths.push_back(std::move(path));
  }
  paths.push_back(plan.metrics_file.value_or(folder.metrics()).string());
  return paths;
}

std::string exit_text(const std::string& command, int code) {
  const int signal = code - signal_base;
  const char* const name = signal > 0 ? sigabbrev_np(signal) : nullptr;
  if (name != nullptr) return fmt::format("`{}` was killed by SIG{} ({})", command, name, signal);
  return fmt::format("`{}` exited with {}", command, code);
}

std::string attempt_failure(const runners::JobAttempt& attempt, const CommandPlan& plan) {
  const std::string command = printable(plan.run.command.front());
  if (!attempt.exit_code) return "lost with its node";
  if (attempt.how == "limit") return "stopped near the end of its job's time";
  if (attempt.how == "terminated") return "stopped by the cluster";
  if (attempt.how == "timeout") {
    return fmt::format("`{}` was stopped after {}, its time limit", command,
                       duration_text(plan.execution.conduct.timeout_seconds.value_or(0) * 1000));
  }
  if (attempt.how == "setup") {
    const std::vector<std::string>& setup = plan.execution.conduct.environment.setup;
    return fmt::format("the setup of its environment failed: {}",
                       exit_text(setup.empty() ? "setup" : printable(setup.front()), *attempt.exit_code));
  }
  return *attempt.exit_code == 0 ? std::string{} : exit_text(command, *attempt.exit_code);
}

void end_as(domain::Run& run, domain::RunStatus status, std::string why) {
  run.status = status;
  run.failure = std::move(why);
}

// It left no result: what the cluster says of its end is all there is.
void take_end_without_result(const runners::JobState& state, const RunFolder& folder, CommandPlan& plan) {
  using enum domain::RunStatus;
  domain::Run& run = plan.run;
  const std::string job = job_text(*plan.execution.job);
  switch (state.end) {
    case runners::JobEnd::out_of_time:
      return end_as(run, folder.has_checkpoints() ? interrupted : failed, fmt::format("the time of {} was up", job));
    case runners::JobEnd::out_of_memory:
      return end_as(run, failed, fmt::format("{} ran out of memory", job));
    case runners::JobEnd::cancelled:
      return end_as(run, interrupted, fmt::format("{} was cancelled", job));
    case runners::JobEnd::preempted:
      return end_as(run, interrupted, fmt::format("{} was preempted", job));
    case runners::JobEnd::lost:
      return end_as(run, interrupted, fmt::format("{} was lost with its node", job));
    case runners::JobEnd::completed:
    case runners::JobEnd::failed:
      break;
  }
  end_as(
      run, failed,
      fmt::format("{} ended as {} and left no result in {}", job, state_text(state), (folder.path() / "job").string()));
}

// Secrets are told by their values, so these must be known.
std::vector<std::pair<std::string, std::string>> secret_values(const Workspace& workspace,
                                                               const domain::Execution& execution) {
  std::vector<std::pair<std::string, std::string>> secrets;
  for (const std::string& name : execution.conduct.environment.secrets) {
    const auto& lookup = workspace.context().variable;
    const auto value = lookup ? lookup(name) : std::nullopt;
    if (!value || value->empty()) {
      throw Error{ErrorKind::not_found,
                  fmt::format("the secret `{}` that the recipe names is not set", name),
                  {fmt::format("put it into the environment variable `{}`: without it, its value can't be kept out of "
                               "the log",
                               name)}};
    }
    secrets.emplace_back(name, *value);
  }
  return secrets;
}

void record_handover(Workspace& workspace, CommandPlan& plan, std::string id) {
  plan.execution.job->id = std::move(id);
  plan.execution.owner.clear();
  plan.run.execution = domain::to_json(plan.execution);
  record_progress(workspace, plan.run);
}

// When the cluster doesn't answer, nobody knows whether it has the job, so nothing is thrown away.
void leaving_unfinished(Workspace& workspace, CommandPlan& plan, const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    plan.run.status = domain::RunStatus::interrupted;
    plan.run.failure = error.message();
    plan.run.ended_at = workspace.now();
    plan.run.execution = domain::to_json(plan.execution);
    record_end(workspace, plan.run);
    Error told = error;
    told.add_hint(fmt::format("`mlops retrain --resume {}` hands it over later, and never twice", plan.run.number));
    throw told;
  }
}

std::string job_name(const CommandPlan& plan) {
  return fmt::format("{}-{}", plan.execution.job->name, plan.run.number);
}

}  // namespace

runners::Job make_job(const Workspace& workspace, CommandPlan& plan, const RunFolder& folder) {
  folder.write_params(to_text(domain::to_json(plan.run.params)));
  const TrainingEnvironment surroundings = prepare_environment(workspace, plan);
  const domain::Conduct& conduct = plan.execution.conduct;
  runners::Job job{.name = job_name(plan),
                   .run = std::to_string(plan.run.number),
                   .model = plan.run.model.value_or(""),
                   .folder = folder.path(),
                   .directory = plan.directory,
                   .argv = plan.run.command,
                   .setup = conduct.environment.setup,
                   .python = runners::python_command(plan.run.command, plan.directory),
                   .environment = command_variables(plan, folder),
                   .inherited = surroundings.inherited,
                   .secrets = conduct.environment.secrets,
                   .outputs = output_paths(plan, folder),
                   .required = {},
                   .timeout_seconds = conduct.timeout_seconds,
                   .retry_codes = conduct.retry.exit_codes,
                   .retry_times = conduct.retry.times,
                   .cpus = conduct.needs.cpus,
                   .memory_bytes = conduct.needs.memory_bytes,
                   .gpus = conduct.needs.gpus,
                   .stages = {}};
  job.environment.insert(job.environment.end(), surroundings.variables.begin(), surroundings.variables.end());
  plan.run.environment = describe_choice(plan, surroundings);
  return job;
}

void submit_job(Workspace& workspace, CommandPlan& plan, const runners::Job& job) {
  const auto cluster = runners::open_cluster(profile_of(*plan.execution.job));
  leaving_unfinished(workspace, plan, [&] { record_handover(workspace, plan, cluster->submit(job)); });
}

bool adopt_job(Workspace& workspace, CommandPlan& plan) {
  const auto cluster = runners::open_cluster(profile_of(*plan.execution.job));
  std::optional<std::string> id;
  leaving_unfinished(workspace, plan, [&] { id = cluster->find(job_name(plan)); });
  if (id) record_handover(workspace, plan, *id);
  return id.has_value();
}

bool is_handed_over(const domain::Run& run) {
  const auto job = domain::execution_of(run).job;
  return job && !job->id.empty();
}

bool is_taken_in_elsewhere(const domain::Execution& execution) {
  return !execution.owner.empty() && execution.owner != process_mark() && running_process(execution.owner);
}

runners::JobState look_at_job(const domain::Execution& execution) {
  const auto is_over = [&] { return execution.folder && runners::read_job_result(*execution.folder).is_over; };
  if (is_over()) return {.phase = runners::JobPhase::over, .end = runners::JobEnd::completed, .word = "", .reason = ""};
  const auto cluster = runners::open_cluster(profile_of(*execution.job));
  runners::JobState state = cluster->states({execution.job->id}).at(execution.job->id);
  if (state.phase != runners::JobPhase::over) return state;
  const auto until = std::chrono::steady_clock::now() + longest_settling;
  while (!is_over() && std::chrono::steady_clock::now() < until) {
    if (state.end != runners::JobEnd::completed && state.end != runners::JobEnd::failed) break;
    std::this_thread::sleep_for(look_again_after);
  }
  return state;
}

void take_attempts(const runners::JobResult& result, CommandPlan& plan) {
  plan.execution.attempts.clear();  // the job knows of those before it was submitted anew
  for (const runners::JobAttempt& attempt : result.attempts) {
    plan.execution.attempts.push_back({.exit_code = attempt.exit_code,
                                       .failure = attempt_failure(attempt, plan),
                                       .used = {.wall_ms = attempt.seconds * 1000}});
  }
}

void take_environment(const runners::JobResult& result, domain::Run& run) {
  if (!result.environment.is_object()) return;
  Json facts = result.environment;
  if (run.environment.is_object()) {
    for (const auto& [name, value] : run.environment.as_object()) facts.set(name, value);
  }
  run.environment = std::move(facts);
}

void take_result(const Workspace& workspace, CommandPlan& plan, const RunFolder& folder) {
  using enum domain::RunStatus;
  const runners::JobState state = look_at_job(plan.execution);
  const auto cluster = runners::open_cluster(profile_of(*plan.execution.job));
  cluster->fetch_log(plan.execution.job->id, folder.path());
  take_secrets_out(workspace, plan.execution, folder);
  const runners::JobResult result = runners::read_job_result(folder.path());
  take_attempts(result, plan);
  take_environment(result, plan.run);
  if (!result.is_over) {
    take_end_without_result(state, folder, plan);
  } else if (result.how == "limit") {
    const bool can_go_on = folder.has_checkpoints();
    end_as(plan.run, can_go_on ? interrupted : failed,
           fmt::format("the time of {} was up, and it has been put back as often as it may",
                       job_text(*plan.execution.job)));
  } else {
    plan.run.exit_code = result.exit_code;
    std::string failure = plan.execution.attempts.empty() ? std::string{} : plan.execution.attempts.back().failure;
    // It comes before the first attempt.
    if (result.how == "setup") {
      failure = attempt_failure({.exit_code = result.exit_code, .how = result.how, .seconds = 0, .host = ""}, plan);
    }
    end_as(plan.run, result.exit_code == 0 ? succeeded : failed, failure);
  }
  plan.run.execution = domain::to_json(plan.execution);
}

std::string job_text(const domain::ClusterJob& job) {
  return fmt::format("job {} of {}", printable(job.id.empty() ? job.name : job.id), printable(job.profile));
}

std::string state_text(const runners::JobState& state) {
  if (state.phase == runners::JobPhase::unknown) return "the cluster knows no such job";
  if (state.word.empty()) return "the cluster does not answer";
  return state.reason.empty() ? state.word : fmt::format("{} ({})", state.word, state.reason);
}

void take_secrets_out(const Workspace& workspace, const domain::Execution& execution, const RunFolder& folder) {
  if (execution.conduct.environment.secrets.empty() || !fs::exists(folder.log())) return;
  write_file_atomic(folder.log(), without_secrets(workspace, execution, read_file(folder.log(), 1u << 30)));
}

std::string without_secrets(const Workspace& workspace, const domain::Execution& execution, std::string text) {
  const auto secrets = secret_values(workspace, execution);
  if (!secrets.empty()) text = runners::redacted(text, secrets);
  return text;
}

}  // namespace mlops::app
