// Waiting for a run, wherever it runs, and taking in what came of it.
#pragma once

#include <cstdint>
#include <optional>

#include <mlops/app/run.hpp>
#include <mlops/app/search.hpp>
#include <mlops/app/workspace.hpp>

namespace mlops::app {

struct WaitOutcome {
  domain::Run run;                        // as it is afterwards
  std::optional<RetrainOutcome> retrain;  // when it was this process that took its result in
  std::optional<SearchOutcome> search;    // the same, of a search
};
// Until the run is over and its result is taken in, by this process or another one. Error{unavailable} when its cluster
// knows it no longer, Error{interrupted} after a Ctrl-C: the run goes on.
WaitOutcome wait_for_run(Workspace& workspace, std::int64_t number);

}  // namespace mlops::app
