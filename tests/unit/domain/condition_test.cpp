#include <mlops/domain/condition.hpp>

#include <catch2/catch.hpp>

#include <limits>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

bool is_stage(std::string_view word) { return word == "staging" || word == "production"; }
Condition condition(std::string_view text) { return parse_condition(text, is_stage).parts.front(); }
std::string fault(std::string_view text) {
  const std::string message = message_of([&] { condition(text); });
  const std::size_t column = message.find("column");
  return column == std::string::npos ? message : message.substr(column);
}
std::string proposal(std::string_view text) {
  return hint_of([&] { condition(text); });
}

}  // namespace

TEST_CASE("a condition compares a metric with a number") {
  const Condition parsed = condition("  accuracy >= 0.92 ");
  CHECK(parsed.metric == "accuracy");
  CHECK(parsed.comparison == Comparison::greater_equal);
  CHECK(parsed.value == 0.92);
  CHECK_FALSE(parsed.reference);
  CHECK(parsed.text == "accuracy >= 0.92");
}

TEST_CASE("every operator is read, with and without spaces") {
  for (const auto comparison : {Comparison::less, Comparison::less_equal, Comparison::greater,
                                Comparison::greater_equal, Comparison::equal, Comparison::not_equal}) {
    CHECK(condition("m" + std::string{symbol_of(comparison)} + "-1e-3").comparison == comparison);
    CHECK(condition("m " + std::string{symbol_of(comparison)} + " 2").comparison == comparison);
  }
}

TEST_CASE("a condition compares a metric with that of a stage's holder") {
  struct Example {
    std::string text, stage, metric;
    char adjustment;
    double amount;
  };
  const std::vector<Example> examples = {{"auc >= production.auc", "production", "auc", 0, 0},
                                         {"auc >= production.auc - 0.005", "production", "auc", '-', 0.005},
                                         {"auc > production.auc * 1.01", "production", "auc", '*', 1.01},
                                         {"auc > production.auc*1.01", "production", "auc", '*', 1.01},
                                         {"loss <= staging.val.loss + 1e-3", "staging", "val.loss", '+', 1e-3},
                                         {"x >= production.top-5", "production", "top-5", 0, 0},
                                         {"x >= production.top-5 -1", "production", "top-5", '-', 1},
                                         {"x >= production.top 1 - -1", "production", "", 0, 0}};
  for (const Example& example : examples) {
    INFO(example.text);
    if (example.metric.empty()) {
      CHECK_THROWS_AS(condition(example.text), Error);
      continue;
    }
    const Condition parsed = condition(example.text);
    REQUIRE(parsed.reference);
    CHECK(parsed.reference->stage == example.stage);
    CHECK(parsed.reference->metric == example.metric);
    CHECK(parsed.reference->adjustment == example.adjustment);
    CHECK(parsed.reference->amount == example.amount);
  }
}

TEST_CASE("names of metrics may hold dots, slashes, spaces and letters of any script") {
  for (const std::string name : {"val.auc", "val/auc", "top 1 accuracy", "genauigkeit-größe", "production.auc"}) {
    CHECK(condition(name + " >= 1").metric == name);
  }
}

TEST_CASE("an unreadable condition is refused at its column") {
  CHECK(fault("") == "the condition is empty");
  CHECK(fault("accuracy") == "column 9: there is no operator");
  CHECK(fault(">= 1") == "column 1: there is no metric before the operator");
  CHECK(fault("auc >=") == "column 7: there is no value after the operator");
  CHECK(fault("0.9 <= auc <= 1") == "column 12: a comparison has one operator only");
  CHECK(fault("0.9 <= auc") == "column 1: the metric stands on the left, the value on the right");
  CHECK(fault("auc >= prod.auc") == "column 8: `prod` is not a stage");
  CHECK(fault("auc >= recall") == "column 8: `recall` is neither a number nor STAGE.METRIC");
  CHECK(fault("auc >= production.") == "column 18: there is no metric after `production.`");
  CHECK(fault("auc >= production.auc - x") == "column 24: `x` after `-` is not a number");
  CHECK(fault("auc >= production.auc-0.005") == "column 22: write spaces round the `-`");
  CHECK(fault("auc >= production.auc * 2 - 1") == "column 23: a value is adjusted once only");
  CHECK(fault("größe >> 1") == "column 7: `>>` is not an operator");
  for (const std::string text : {"auc >= nan", "auc >= inf", "auc >= 1e999", "auc >= 1x", "-a >= 1", "a\nb >= 1"}) {
    INFO(text);
    CHECK_THROWS_AS(condition(text), Error);
  }
}

TEST_CASE("what was probably meant is proposed") {
  CHECK(proposal("auc => 0.9") == "did you mean `>=`?");
  CHECK(proposal("auc = 0.9") == "did you mean `==`?");
  CHECK(proposal("auc ≥ 0.9") == "did you mean `>=`?");
  CHECK(proposal("auc >= 92%") == "write a share, such as 0.92 for 92 %");
  CHECK(proposal("latency <= 20 ms") == "write `20`, in the unit that the figure is recorded in");
}

TEST_CASE("a number with a unit is refused at the unit") {
  CHECK(fault("latency <= 20 ms") == "column 15: a figure has no unit, so `ms` means nothing");
  CHECK(fault("size <= 1.5GB") == "column 12: a figure has no unit, so `GB` means nothing");
  CHECK(fault("latency <= 20 parsecs") == "column 12: `20 parsecs` is neither a number nor STAGE.METRIC");
}

TEST_CASE("a comparison with what is not a number never holds") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto comparison : {Comparison::less, Comparison::less_equal, Comparison::greater,
                                Comparison::greater_equal, Comparison::equal, Comparison::not_equal}) {
    CHECK_FALSE(holds(nan, comparison, 1));
    CHECK_FALSE(holds(1, comparison, nan));
    CHECK_FALSE(holds(nan, comparison, nan));
  }
}

TEST_CASE("comparisons hold as in arithmetic") {
  struct Example {
    Comparison comparison;
    bool below, same, above;
  };
  const std::vector<Example> examples = {
      {Comparison::less, true, false, false},    {Comparison::less_equal, true, true, false},
      {Comparison::greater, false, false, true}, {Comparison::greater_equal, false, true, true},
      {Comparison::equal, false, true, false},   {Comparison::not_equal, true, false, true}};
  for (const Example& example : examples) {
    CHECK(holds(1, example.comparison, 2) == example.below);
    CHECK(holds(2, example.comparison, 2) == example.same);
    CHECK(holds(3, example.comparison, 2) == example.above);
  }
}

TEST_CASE("no spoiled condition does worse than be refused") {
  const std::string good = "val.auc >= production.auc * 1.01 - 5";
  for (std::size_t i = 0; i <= good.size(); ++i) {
    for (const std::string& piece :
         std::vector<std::string>{"", "\xff", ">", " ", "*", "-", ".", "é", std::string(1, '\0')}) {
      const auto error = error_of([&] { condition(good.substr(0, i) + piece); });
      if (error) CHECK(error->kind() == ErrorKind::usage);
      const auto inserted = error_of([&] { condition(good.substr(0, i) + piece + good.substr(i)); });
      if (inserted) CHECK(inserted->kind() == ErrorKind::usage);
    }
  }
}

TEST_CASE("what lies between two ends holds wholly, not at all, or can't be told") {
  CHECK(holds_between(0.8, 0.9, Comparison::greater_equal, 0.8) == true);
  CHECK_FALSE(holds_between(0.8, 0.9, Comparison::greater, 0.8).has_value());
  CHECK(holds_between(0.8, 0.9, Comparison::greater, 0.9) == false);
  CHECK_FALSE(holds_between(0.8, 0.9, Comparison::greater_equal, 0.9).has_value());
  CHECK(holds_between(17, 19, Comparison::less_equal, 19) == true);
  CHECK(holds_between(17, 19, Comparison::less, 17) == false);
  CHECK_FALSE(holds_between(17, 19, Comparison::less, 18).has_value());
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK_FALSE(holds_between(nan, nan, Comparison::greater_equal, 0).has_value());
  CHECK_FALSE(holds_between(-infinity, infinity, Comparison::greater_equal, 0).has_value());
}
