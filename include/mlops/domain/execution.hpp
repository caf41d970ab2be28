// How a command is to be run, and how it was: what a run holds beside its figures and files.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/attempt.hpp>
#include <mlops/domain/stage_run.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

// Another try for a command that ended with one of these exit codes (128 + N for signal N).
struct Retry {
  std::vector<int> exit_codes;
  std::int64_t times = 0;
  friend bool operator==(const Retry&, const Retry&) = default;
};

// What a command needs of its machine; any runner can read it.
struct ResourceNeed {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::int64_t> gpus;
  friend bool operator==(const ResourceNeed&, const ResourceNeed&) = default;
};

// What a command may see, and what makes its environment.
struct EnvironmentPlan {
  std::optional<std::string> lock;                    // a file in the project, recorded by digest
  std::vector<std::string> setup;                     // a command that runs before the training, in the same place
  std::optional<std::vector<std::string>> variables;  // the only ones handed on, with their values recorded
  std::vector<std::string> secrets;                   // handed on, their values neither recorded nor logged
  friend bool operator==(const EnvironmentPlan&, const EnvironmentPlan&) = default;
};

struct Conduct {
  std::optional<std::int64_t> timeout_seconds;  // of each attempt
  Retry retry;
  ResourceNeed needs;
  EnvironmentPlan environment;
  friend bool operator==(const Conduct&, const Conduct&) = default;
};

// A run that a cluster runs as a job.
struct ClusterJob {
  std::string kind;     // "slurm"
  std::string profile;  // whose settings these are
  std::map<std::string, std::string> settings;
  std::string name;  // no other job has it
  std::string id;    // the cluster's own; "" before it has the job
  friend bool operator==(const ClusterJob&, const ClusterJob&) = default;
};

// Beside `Run`: what doing it again needs, how it went, and where it stands.
struct Execution {
  // What doing it again needs
  std::vector<std::string> command_template;   // of a recipe: before its placeholders were filled in
  std::map<std::string, std::string> inputs;   // role and path as the command saw it
  std::map<std::string, std::string> outputs;  // the same, also of those that it did not write
  std::optional<std::string> metrics_file;
  std::map<std::string, double> tolerance;
  Conduct conduct;

  std::map<std::string, std::string> submodules;  // path and commit
  std::map<std::string, std::string> lfs;         // path and oid of what git only holds a pointer to

  std::vector<StageRun> stages;  // of a recipe that has some, each after all that it needs

  // How it went
  std::vector<Attempt> attempts;
  std::vector<std::string> notes;         // what else is worth knowing, in words
  std::optional<std::string> log_format;  // "lines": each line with its time and stream; nullopt: as it came

  // Where it stands
  std::string owner;                    // the mark of the process that looks after it
  std::optional<std::string> step;      // of a retraining: what comes next; nullopt when it is over
  std::optional<std::string> folder;    // with its work tree, checkpoints and log, while it is not over
  Json request;                         // of a retraining: what was asked for beside the recipe
  std::optional<std::string> snapshot;  // the commit that holds the uncommitted changes, under refs/mlops/runs/
  std::optional<ClusterJob> job;        // nullopt: it runs where mlops does
  Json fidelity;                        // of a reproduction: how near it came
  friend bool operator==(const Execution&, const Execution&) = default;
};

// Time and CPU of all attempts together, the highest memory of any.
std::optional<ResourceUse> total_use(const std::vector<Attempt>& attempts);

Json to_json(const Execution& execution);
// Members that are missing are as by default. Error{integrity} on another shape.
Execution execution_of(const Run& run);

}  // namespace mlops::domain
