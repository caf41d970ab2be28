#include "search/candidates.hpp"

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

namespace mlops::app {
namespace {

domain::Dimension list(const std::string& param, std::vector<Json> values) {
  domain::Dimension dimension;
  dimension.param = param;
  dimension.values = std::move(values);
  return dimension;
}

domain::Dimension range(const std::string& param, double least, double most, bool integers, bool logarithmic) {
  domain::Dimension dimension;
  dimension.param = param;
  dimension.least = least;
  dimension.most = most;
  dimension.integers = integers;
  dimension.logarithmic = logarithmic;
  return dimension;
}

TEST_CASE("a grid holds every combination once, the last param fastest") {
  const auto trials = all_combinations({list("lr", {Json{0.1}, Json{1}}), range("depth", 2, 4, true, false)});
  REQUIRE(trials.size() == 6);
  CHECK(trials[0] == domain::Params{{"depth", 2}, {"lr", 0.1}});
  CHECK(trials[1] == domain::Params{{"depth", 3}, {"lr", 0.1}});
  CHECK(trials[5] == domain::Params{{"depth", 4}, {"lr", 1}});
}

TEST_CASE("a grid is refused where its values can't be counted, or are too many") {
  CHECK_THROWS_WITH(all_combinations({range("lr", 0, 1, false, false)}),
                    "a grid can't hold every number of lr: 0 to 1");
  CHECK_THROWS_WITH(all_combinations({range("a", 1, 100, true, false), range("b", 1, 100, true, false)}),
                    "this grid has 10000 trials, more than 5000");
}

// From tests/oracles/search_draws.py, which computes powers with Python's own `**`.
TEST_CASE("the same seed draws the same on every machine") {
  const std::vector<domain::Dimension> space{range("depth", 2, 8, true, false), range("lr", 0.001, 1, false, true),
                                             range("share", 0.5, 1, false, false),
                                             range("leaves", 10, 1000, true, true)};
  const auto trials = drawn_combinations(space, 4, 1);
  REQUIRE(trials.size() == 4);
  CHECK(trials[0] == domain::Params{{"depth", 6}, {"lr", 0.0364175}, {"share", 0.787053}, {"leaves", 60}});
  CHECK(trials[1] == domain::Params{{"depth", 6}, {"lr", 0.00269598}, {"share", 0.535523}, {"leaves", 57}});
  CHECK(trials[2] == domain::Params{{"depth", 8}, {"lr", 0.0451991}, {"share", 0.966286}, {"leaves", 821}});
  CHECK(trials[3] == domain::Params{{"depth", 8}, {"lr", 0.101693}, {"share", 0.799967}, {"leaves", 604}});
}

// From tests/oracles/search_draws.py.
TEST_CASE("combinations that can be counted are drawn without putting them back") {
  const std::vector<domain::Dimension> space{list("a", {Json{0}, Json{1}, Json{2}}),
                                             list("b", {Json{0}, Json{1}, Json{2}, Json{3}})};
  const auto all = all_combinations(space);
  const auto trials = drawn_combinations(space, 5, 7);
  REQUIRE(trials.size() == 5);
  CHECK(trials == std::vector<domain::Params>{all[8], all[3], all[10], all[11], all[0]});
  CHECK(drawn_combinations(space, 50, 7) == all);
}

}  // namespace
}  // namespace mlops::app
