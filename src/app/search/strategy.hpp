// Which trial comes next, and whether a running one is worth its time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <mlops/domain/search.hpp>
#include <mlops/domain/series.hpp>

namespace mlops::app {

struct TrialPlan {
  std::int64_t number = 0;  // from 1; the same trial has the same number when the search is resumed
  domain::Params params;    // those that are searched
};

struct TrialResult {
  domain::RunStatus status = domain::RunStatus::failed;
  std::optional<double> value;  // of the objective
  domain::Curve curve;          // of the objective over steps
};

// A plan that unfolds. Not to be used by two threads at once.
class Strategy {
 public:
  virtual ~Strategy() = default;

  // The next trial to begin. nullopt: none before a running one has ended, and none at all when none is running.
  virtual std::optional<TrialPlan> next() = 0;
  // To be told in any order; of a search that is resumed, of what ended before, first of all.
  virtual void ended(std::int64_t number, const TrialResult& result) = 0;
  // Why the trial, whose curve is this so far, is not worth its time any more; nullopt when it may go on.
  virtual std::optional<std::string> judge(std::int64_t number, const domain::Curve& curve);
  // How many trials there will be, as far as it is known.
  [[nodiscard]] virtual std::size_t total() const = 0;
};

// The trials of the plan, in their order; halving by a param begins again with the best at the next rung.
std::unique_ptr<Strategy> listed_strategy(const domain::SearchPlan& plan);

// The trials of the plan, each stopped at the first rung where it is not among the best so far.
std::unique_ptr<Strategy> stopping_strategy(const domain::SearchPlan& plan);

// Optuna is asked. Its study is kept in `folder` as long as the search lasts. Error{not_found} when it is not
// installed.
std::unique_ptr<Strategy> optuna_strategy(const domain::SearchPlan& plan, const std::filesystem::path& folder);

std::unique_ptr<Strategy> strategy_of(const domain::SearchPlan& plan, const std::filesystem::path& folder);

}  // namespace mlops::app
