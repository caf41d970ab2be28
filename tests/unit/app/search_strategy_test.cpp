#include "search/strategy.hpp"

#include <catch2/catch.hpp>

namespace mlops::app {
namespace {

domain::SearchPlan plan_of(std::int64_t trials) {
  domain::SearchPlan plan;
  plan.objective = {.metric = "auc", .goal = domain::Goal::maximum};
  for (std::int64_t i = 1; i <= trials; ++i) plan.trials.push_back({{"x", Json{i}}});
  plan.count = trials;
  return plan;
}

TrialResult worth(double value) { return {.status = domain::RunStatus::succeeded, .value = value, .curve = {}}; }

TrialResult failed() { return {.status = domain::RunStatus::failed, .value = {}, .curve = {}}; }

std::vector<std::int64_t> numbers(Strategy& strategy) {
  std::vector<std::int64_t> found;
  while (const auto plan = strategy.next()) found.push_back(plan->number);
  return found;
}

TEST_CASE("trials come in their order, and those that ended before a resumption don't come again") {
  const auto strategy = listed_strategy(plan_of(4));
  strategy->ended(2, worth(0.5));
  strategy->ended(3, failed());
  CHECK(numbers(*strategy) == std::vector<std::int64_t>{1, 4});
  CHECK(strategy->total() == 4);
}

TEST_CASE("halving by a param begins the best third again with more to spend") {
  auto plan = plan_of(7);
  plan.rungs = domain::Rungs{.param = "epochs", .at = {10, 30, 90}, .keep = 3};
  const auto strategy = strategy_of(plan, "");
  CHECK(strategy->total() == 7 + 3 + 1);
  const auto first = strategy->next();
  REQUIRE(first);
  CHECK(first->params == domain::Params{{"x", 1}, {"epochs", 10}});
  CHECK(numbers(*strategy) == std::vector<std::int64_t>{2, 3, 4, 5, 6, 7});

  strategy->ended(1, worth(0.1));
  for (const std::int64_t number : {2, 3, 4}) strategy->ended(number, worth(0.2 + 0.1 * static_cast<double>(number)));
  strategy->ended(5, failed());
  strategy->ended(6, worth(0.3));
  CHECK_FALSE(strategy->next());  // the seventh is still running
  strategy->ended(7, worth(0.2));

  // Six were judged, so two go on: the fourth and the third, best first.
  const auto again = strategy->next();
  REQUIRE(again);
  CHECK(again->number == 8);
  CHECK(again->params == domain::Params{{"x", 4}, {"epochs", 30}});
  const auto other = strategy->next();
  REQUIRE(other);
  CHECK(other->params == domain::Params{{"x", 3}, {"epochs", 30}});
  CHECK_FALSE(strategy->next());
  strategy->ended(8, worth(0.6));
  strategy->ended(9, worth(0.7));
  const auto last = strategy->next();
  REQUIRE(last);
  CHECK(last->number == 10);
  CHECK(last->params == domain::Params{{"x", 3}, {"epochs", 90}});
  strategy->ended(10, worth(0.8));
  CHECK_FALSE(strategy->next());
}

TEST_CASE("halving by steps stops whoever is not among the best third of those that were there") {
  auto plan = plan_of(5);
  plan.rungs = domain::Rungs{.param = {}, .at = {10, 20}, .keep = 3};
  const auto strategy = strategy_of(plan, "");
  CHECK_FALSE(strategy->judge(1, {{5, 0.9}}));             // not there yet
  CHECK_FALSE(strategy->judge(1, {{5, 0.1}, {10, 0.5}}));  // the first one goes on
  CHECK(strategy->judge(2, {{9, 0.4}, {12, 0.45}}) == "at step 10: auc 0.4 is not among the best 1 of 2");
  CHECK_FALSE(strategy->judge(3, {{10, 0.6}}));
  CHECK(strategy->judge(4, {{10, 0.3}}) == "at step 10: auc 0.3 is not among the best 2 of 4");
  CHECK_FALSE(strategy->judge(1, {{10, 0.5}, {20, 0.8}}));  // judged once at each rung
  CHECK(strategy->judge(3, {{10, 0.6}, {20, 0.7}}) == "at step 20: auc 0.7 is not among the best 1 of 2");
}

TEST_CASE("halving by steps remembers trials that ended too fast to be judged") {
  auto plan = plan_of(2);
  plan.rungs = domain::Rungs{.param = {}, .at = {10}, .keep = 2};
  plan.objective.goal = domain::Goal::minimum;
  const auto strategy = strategy_of(plan, "");
  strategy->ended(1, {.status = domain::RunStatus::succeeded, .value = 0.1, .curve = {{10, 0.3}, {40, 0.1}}});
  CHECK(strategy->judge(2, {{10, 0.5}}) == "at step 10: auc 0.5 is not among the best 1 of 2");
}

}  // namespace
}  // namespace mlops::app
