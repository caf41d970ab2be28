// The trials of a search as the tasks of one job array.
#pragma once

#include <cstddef>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/search.hpp>
#include <mlops/runners/cluster.hpp>

#include "cluster/pace.hpp"
#include "retrain_plan.hpp"
#include "search/crew.hpp"
#include "search/strategy.hpp"

namespace mlops::app {

// Error{usage} for a search that looks at its trials while they run, or has a budget of time.
void require_known_trials(const domain::SearchPlan& plan, const runners::Profile& profile);

// Begins these trials as one array; `search` is then the recorded run. Errors as of submit_job(): when the cluster does
// not answer, the search is left interrupted, and adopt_trials() finds out whether it has the array.
void hand_over_trials(Workspace& workspace, const SearchGround& ground, const std::vector<TrialPlan>& plans,
                      domain::Run& search);

// Of a search whose array may have been handed over without a note of it: finds it, which is true then, or ends its
// trials as interrupted.
bool adopt_trials(Workspace& workspace, domain::Run& search);

// What belongs to its array and to no trial: all of them are over.
void remove_array_folder(const Workspace& workspace, const domain::Run& search);

// Looks at the trials of a search again and again.
class TrialWatch {
 public:
  TrialWatch(Workspace& workspace, const domain::Run& search);

  // Takes in those that are over; how many go on.
  std::size_t take_in();

 private:
  std::vector<domain::Run> going();
  bool take_in_trial(const domain::Run& run);

  Workspace& workspace_;
  domain::Run search_;
  domain::SearchPlan plan_;
  RetrainDecision decision_;
  Pace pace_;
};

}  // namespace mlops::app
