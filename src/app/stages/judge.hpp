// Whether a stage must run, or an earlier run has done the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/domain/stage_run.hpp>

#include "recorded_command.hpp"
#include "stages/dependencies.hpp"

namespace mlops::app {

// What an earlier run of the same model made of a stage.
struct EarlierStage {
  std::int64_t run = 0;  // that did it, or took it over
  domain::StageRun stage;
  Json environment;  // of that run
};

class StageJudge {
 public:
  // `fresh`: nothing is taken over.
  StageJudge(Workspace& workspace, const CommandPlan& whole, bool fresh)
      : workspace_{workspace}, whole_{whole}, fresh_{fresh} {}

  // Notes in the stage what it depends on and why it runs or is taken over; the stages that it needs are done. The
  // earlier one when it is the same and all of its outputs are in the store.
  std::optional<EarlierStage> decide(domain::StageRun& stage);

  // The same before anything has run. What would run is waiting, with a reason; what may run, as it waits for others,
  // has nothing that it depends on.
  void foresee(domain::StageRun& stage);

  // The same as decide() for a stage that runs where nobody can decide: one that waits for a stage that runs, runs too.
  std::optional<EarlierStage> settle(domain::StageRun& stage);

 private:
  using IsWanted = std::function<bool(const EarlierStage&)>;
  std::optional<EarlierStage> newest(const std::string& name, const IsWanted& is_wanted);
  bool load_more();
  bool has_objects(const domain::StageRun& stage);
  [[nodiscard]] std::vector<std::string> open_needs(const domain::StageRun& stage) const;
  std::optional<std::string> own_reason(const domain::StageRun& stage, const Dependencies& now);
  std::string reason(const domain::StageRun& stage, const Dependencies& now);

  struct EarlierRun {
    std::int64_t number = 0;
    std::vector<domain::StageRun> stages;
    Json environment;
  };
  Workspace& workspace_;
  const CommandPlan& whole_;
  bool fresh_;
  StageInterpreters interpreters_;
  std::vector<EarlierRun> earlier_;  // newest first, as far as they were looked at
  std::optional<std::string> next_page_;
  bool all_loaded_ = false;
};

// The earlier result as that of this run.
void take_over_stage(const EarlierStage& earlier, domain::StageRun& stage);

}  // namespace mlops::app
