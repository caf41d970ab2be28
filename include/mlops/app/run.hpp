// `run` and `retrain`: commands whose circumstances are recorded.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/gate.hpp>
#include <mlops/app/register.hpp>
#include <mlops/app/trials.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/domain/objective.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/series.hpp>

namespace mlops::app {

struct RunRequest {
  std::string name;
  std::vector<std::string> command;
  domain::Params params;
  std::vector<DataArgument> inputs;
  std::vector<std::pair<std::string, std::filesystem::path>> outputs;
  std::optional<std::filesystem::path> metrics;  // a file that the command writes, beside MLOPS_METRICS
  domain::BestOf best;                           // of metrics over steps: those whose best value counts
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> timeout_seconds;
  domain::Retry retry;
  bool snapshot = false;  // uncommitted changes also as a commit under refs/mlops/runs/
};
// A failed command is an outcome too: see run.status.
domain::Run run(Workspace& workspace, const RunRequest& request);

struct RetrainRequest {
  std::string reference;  // MODEL or MODEL@REF
  domain::Params params;
  std::vector<DataArgument> inputs;
  std::optional<std::string> at;  // commit
  std::optional<std::string> promote;
  std::string message;
  bool include_dirty = false;             // from HEAD and what is not committed
  bool fresh = false;                     // stages too that an earlier run has done
  std::optional<std::int64_t> jobs = {};  // stages at once
  Json cause = {};                        // what made it due, kept with the run; null when a person did
  std::optional<std::string> on = {};     // a profile or a kind of machine
  bool dry_run = false;
};
// With dry_run: what a cluster would be given.
struct PlannedJob {
  std::string kind;  // "slurm"
  std::string profile;
  std::string text;  // a batch script, or a manifest in YAML
};
// A metric of the new version beside those it is compared with.
struct MetricComparison {
  std::string metric;
  std::optional<double> value;
  std::optional<double> parent;
  std::optional<double> holder;  // of the last stage
};
struct RetrainPlan {
  std::string commit;
  std::string commit_origin;  // "recorded by cancer@1", "HEAD", "--at v2"
  std::vector<std::string> command;
  domain::Params params;
  domain::Params param_overrides;
  std::vector<std::pair<std::string, std::string>> inputs;  // role and path or dataset
};
struct RetrainOutcome {
  std::string model;
  std::optional<domain::VersionId> parent;
  RetrainPlan plan;
  std::vector<domain::StageRun> stages;     // of a recipe that has some; with dry_run as they would go
  std::optional<PlannedJob> planned_job;    // with dry_run, of one that a cluster would run
  std::optional<domain::Run> run;           // nullopt with dry_run; still running when it was handed to a cluster
  std::optional<domain::Version> version;   // nullopt when the training failed, or goes on
  bool created = false;                     // false: bit for bit a version that exists
  std::string last_stage;                   // the stage it is compared with: the last of the policy
  std::optional<domain::VersionId> holder;  // of that stage
  std::vector<MetricComparison> comparison;
  std::optional<PromoteOutcome> promotion;
  std::optional<std::string>
      promotion_conflict;  // the version is registered, but somebody else moved the stage meanwhile
};
RetrainOutcome retrain(Workspace& workspace, const RetrainRequest& request);
// Goes on with one that was left unfinished, at the step where it stood. Error{unavailable} while it is still going,
// Error{refused} when it is over.
RetrainOutcome resume_retrain(Workspace& workspace, std::int64_t run);

struct ShowRunOutcome {
  domain::Run run;
  domain::Execution execution;
  bool lost = false;       // recorded as running, but its process is gone
  bool resumable = false;  // nobody looks after it, and `retrain --resume` can go on with it
  std::vector<domain::VersionId> versions;
  std::optional<SearchTable> search;  // of a search: its trials
  domain::Series series;              // its metrics over steps
};
ShowRunOutcome show_run(Workspace& workspace, std::int64_t number);

}  // namespace mlops::app
