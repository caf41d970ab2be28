// Successive halving by the steps of running trials: at each rung a trial is compared with those that were there before
// it, and stopped when it is not among the best. Nobody waits for others. Source: Li et al., "A System for Massively
// Parallel Hyperparameter Tuning" (2020), in the variant that stops.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "search/strategy.hpp"

namespace mlops::app {

namespace {

class StoppingStrategy final : public Strategy {
 public:
  explicit StoppingStrategy(const domain::SearchPlan& plan)
      : list_{listed_strategy(without_rungs(plan))}, objective_{plan.objective}, rungs_{*plan.rungs} {}

  std::optional<TrialPlan> next() override { return list_->next(); }

  void ended(std::int64_t number, const TrialResult& result) override {
    for (const std::int64_t rung : rungs_.at) note(number, rung, result.curve);
    list_->ended(number, result);
  }

  std::optional<std::string> judge(std::int64_t number, const domain::Curve& curve) override {
    for (const std::int64_t rung : rungs_.at) {
      if (values_[rung].contains(number) || !note(number, rung, curve)) continue;
      const auto& values = values_[rung];
      const double value = values.at(number);
      const auto better = std::ranges::count_if(
          values, [&](const auto& other) { return is_better(objective_.goal, other.second, value); });
      const std::size_t kept = rungs_.survivors(values.size());
      if (static_cast<std::size_t>(better) < kept) continue;
      return fmt::format("at step {}: {} {} is not among the best {} of {}", rung, printable(objective_.metric),
                         figure_text(value), kept, values.size());
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t total() const override { return list_->total(); }

 private:
  static domain::SearchPlan without_rungs(domain::SearchPlan plan) {
    plan.rungs.reset();
    return plan;
  }

  // The value at the rung is the last one up to it; false while the trial has not come so far.
  bool note(std::int64_t number, std::int64_t rung, const domain::Curve& curve) {
    if (curve.empty() || curve.rbegin()->first < rung) return false;
    const auto beyond = curve.upper_bound(rung);
    if (beyond == curve.begin()) return false;
    values_[rung].insert_or_assign(number, std::prev(beyond)->second);
    return true;
  }

  std::unique_ptr<Strategy> list_;
  domain::Objective objective_;
  domain::Rungs rungs_;
  std::map<std::int64_t, std::map<std::int64_t, double>> values_;  // by rung, by trial
};

}  // namespace

std::unique_ptr<Strategy> stopping_strategy(const domain::SearchPlan& plan) {
  return std::make_unique<StoppingStrategy>(plan);
}

}  // namespace mlops::app
