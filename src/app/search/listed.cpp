// Trials from a list; and successive halving that begins the best of them again with more to spend. Source: Jamieson
// and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization" (2016).
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "search/strategy.hpp"

namespace mlops::app {

namespace {

class ListedStrategy final : public Strategy {
 public:
  explicit ListedStrategy(const domain::SearchPlan& plan)
      : goal_{plan.objective.goal}, rungs_{plan.rungs}, total_{plan.trials.size()} {
    if (rungs_) {
      std::size_t round = plan.trials.size();
      for (std::size_t rung = 1; rung < rungs_->at.size(); ++rung) total_ += round = rungs_->survivors(round);
    }
    begin_round(plan.trials);
  }

  std::optional<TrialPlan> next() override {
    while (true) {
      while (begun_ < round_.size()) {
        const TrialPlan& plan = round_[begun_++];
        if (!results_.contains(plan.number)) return plan;
      }
      if (!begin_next_round()) return std::nullopt;
    }
  }

  void ended(std::int64_t number, const TrialResult& result) override { results_.insert_or_assign(number, result); }

  [[nodiscard]] std::size_t total() const override { return total_; }

 private:
  void begin_round(const std::vector<domain::Params>& trials) {
    round_.clear();
    begun_ = 0;
    for (domain::Params params : trials) {
      if (rungs_) params.insert_or_assign(*rungs_->param, Json{rungs_->at[rung_]});
      round_.push_back({.number = ++numbered_, .params = std::move(params)});
    }
  }

  bool begin_next_round() {
    if (!rungs_ || rung_ + 1 >= rungs_->at.size()) return false;
    std::vector<std::pair<double, const TrialPlan*>> judged;
    for (const TrialPlan& plan : round_) {
      const auto result = results_.find(plan.number);
      if (result == results_.end()) return false;
      if (result->second.value) judged.emplace_back(*result->second.value, &plan);
    }
    if (judged.empty()) return false;
    std::ranges::stable_sort(judged, [&](const auto& a, const auto& b) { return is_better(goal_, a.first, b.first); });
    judged.resize(rungs_->survivors(judged.size()));
    std::vector<domain::Params> survivors;
    for (const auto& [value, plan] : judged) survivors.push_back(plan->params);
    ++rung_;
    begin_round(survivors);
    return true;
  }

  domain::Goal goal_;
  std::optional<domain::Rungs> rungs_;
  std::size_t total_ = 0;
  std::size_t rung_ = 0;
  std::int64_t numbered_ = 0;
  std::size_t begun_ = 0;  // of the round
  std::vector<TrialPlan> round_;
  std::map<std::int64_t, TrialResult> results_;
};

}  // namespace

std::optional<std::string> Strategy::judge(std::int64_t, const domain::Curve&) { return std::nullopt; }

std::unique_ptr<Strategy> listed_strategy(const domain::SearchPlan& plan) {
  return std::make_unique<ListedStrategy>(plan);
}

std::unique_ptr<Strategy> strategy_of(const domain::SearchPlan& plan, const std::filesystem::path& folder) {
  if (plan.method == domain::SearchMethod::optuna) return optuna_strategy(plan, folder);
  if (plan.rungs && !plan.rungs->param) return stopping_strategy(plan);
  return listed_strategy(plan);
}

}  // namespace mlops::app
