// `retrain --set`: many trainings of one recipe, of which the best becomes a version.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/run.hpp>
#include <mlops/app/trials.hpp>
#include <mlops/domain/search.hpp>

namespace mlops::app {

struct SearchRequest {
  RetrainRequest retrain;
  std::vector<std::string> sets;               // "lr=[0.01,0.1]", or one "@trials.csv"
  std::optional<std::string> method;           // without it: grid where all can be counted, else random
  std::optional<std::string> objective;        // without it: the recipe's
  std::optional<std::string> rungs;            // of halving
  std::optional<std::int64_t> keep;            // of halving: one in so many goes on
  std::optional<std::int64_t> sample;          // draw so many
  std::optional<std::int64_t> seed;            // of the draws
  std::optional<std::int64_t> jobs;            // trials at once
  std::optional<std::int64_t> budget_seconds;  // after which nothing is trained any more
};

struct SearchOutcome {
  domain::SearchPlan plan;
  std::vector<Trial> trials;         // by number
  std::optional<std::int64_t> run;   // the search's own; nullopt with dry_run
  std::optional<std::int64_t> best;  // the trial's number; nullopt when none ended well
  bool out_of_time = false;
  std::optional<domain::Run> handed_over = {};  // the search, while a cluster has its trials
  std::string failure;                          // why nothing is registered, "" otherwise
  RetrainOutcome retrain;                       // of the best trial: its run, its version and what became of it
};

// Error{usage} for a search that makes no sense, before anything is done. Error{interrupted} after a Ctrl-C: what ended
// until then is recorded, and resume_search() goes on.
SearchOutcome search(Workspace& workspace, const SearchRequest& request);

// Goes on with a search that was interrupted, or whose process is gone: trials that ended are not run again. Errors as
// of resume_retrain(). Empty options leave the search's own.
struct ResumeSearchRequest {
  std::int64_t run = 0;
  std::optional<std::int64_t> jobs;
  std::optional<std::int64_t> budget_seconds;  // from now
};
SearchOutcome resume_search(Workspace& workspace, const ResumeSearchRequest& request);

}  // namespace mlops::app
