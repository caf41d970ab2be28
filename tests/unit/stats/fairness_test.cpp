#include <mlops/stats/fairness.hpp>

#include <cmath>
#include <filesystem>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;
using namespace mlops::stats;

namespace {

// By Fairlearn's formulas, and checked against Fairlearn: tests/oracles/fairness.py.
const Json& fairness_oracle(std::string_view section) {
  static const Json oracle = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "fairness.json";
    return parse_json(read_file(path), path.string());
  }();
  return oracle.at(section);
}

std::vector<GroupCounts> groups_of(const Json& example) {
  std::vector<GroupCounts> groups;
  for (const auto& [name, cells] : example.at("groups").as_object()) {
    const Json::Array& c = cells.as_array();
    groups.push_back({.group = name,
                      .true_positives = c.at(0).as_integer(),
                      .false_positives = c.at(1).as_integer(),
                      .true_negatives = c.at(2).as_integer(),
                      .false_negatives = c.at(3).as_integer()});
  }
  return groups;
}

FairnessRules with_smallest(std::int64_t smallest) {
  FairnessRules rules{.smallest_group = smallest, .reference_group = {}};
  rules.bootstrap.replicates = 400;
  return rules;
}

const FairnessFigure& figure_of(const Fairness& fairness, FairnessMetric metric) {
  for (const FairnessFigure& figure : fairness.figures) {
    if (figure.metric == metric) return figure;
  }
  FAIL("there is no figure of " << name_of(metric));
  return fairness.figures.front();
}

// Fairlearn's user guide, 18 rows.
const std::vector<GroupCounts> guide{
    {.group = "a", .true_positives = 1, .false_positives = 2, .true_negatives = 0, .false_negatives = 1},
    {.group = "b", .true_positives = 3, .false_positives = 0, .true_negatives = 1, .false_negatives = 2},
    {.group = "c", .true_positives = 2, .false_positives = 2, .true_negatives = 1, .false_negatives = 3}};

GroupSelection selected(std::string group, std::int64_t selected, std::int64_t rows) {
  return {.group = std::move(group), .selected = selected, .rows = rows};
}

}  // namespace

TEST_CASE("rates, differences and ratios are Fairlearn's") {
  for (const Json& example : fairness_oracle("cases").as_array()) {
    const std::vector<GroupCounts> groups = groups_of(example);
    const Fairness found = fairness(groups, with_smallest(1));
    INFO(groups.size() << " groups");
    CHECK(found.reference_group == example.at("reference").as_string());
    for (const FairnessFigure& figure : found.figures) {
      INFO(name_of(figure.metric));
      const double wanted = example.at("figures").at(name_of(figure.metric)).as_double();
      REQUIRE(figure.estimate);
      CHECK(std::abs(figure.estimate->value - wanted) < 1e-12);
      CHECK(std::abs(*figure.all_groups - wanted) < 1e-12);
    }
    for (const GroupRates& group : found.groups) {
      const Json& rates = example.at("rates").at(group.group);
      CHECK(std::abs(group.selection_rate->value - rates.at("selection_rate").as_double()) < 1e-12);
      CHECK(std::abs(group.true_positive_rate->value - rates.at("true_positive_rate").as_double()) < 1e-12);
      CHECK(std::abs(group.false_positive_rate->value - rates.at("false_positive_rate").as_double()) < 1e-12);
      CHECK(std::abs(group.accuracy->value - rates.at("accuracy").as_double()) < 1e-12);
    }
  }
}

// The values that the guide prints.
TEST_CASE("Fairlearn's example has the values of its user guide") {
  const Fairness found = fairness(guide, with_smallest(1));
  using enum FairnessMetric;
  CHECK(figure_of(found, demographic_parity_difference).estimate->value == Approx(0.25));
  CHECK(figure_of(found, demographic_parity_ratio).estimate->value == Approx(2.0 / 3));
  CHECK(figure_of(found, equalized_odds_difference).estimate->value == 1);
  CHECK(figure_of(found, equalized_odds_ratio).estimate->value == 0);
  CHECK(figure_of(found, equalized_odds_difference).higher == "a");
  CHECK(figure_of(found, equalized_odds_difference).lower == "b");
  CHECK(found.groups[0].rows == 4);
  CHECK(found.groups[0].true_positive_rate->count == 2);
}

TEST_CASE("small groups are reported, not judged") {
  std::vector<GroupCounts> groups{
      {.group = "x", .true_positives = 40, .false_positives = 10, .true_negatives = 40, .false_negatives = 10},
      {.group = "y", .true_positives = 36, .false_positives = 12, .true_negatives = 38, .false_negatives = 14},
      {.group = "z", .true_positives = 0, .false_positives = 0, .true_negatives = 3, .false_negatives = 2}};
  const Fairness found = fairness(groups, with_smallest(30));
  CHECK_FALSE(found.groups[2].is_judged);
  CHECK(found.groups[2].selection_rate->value == 0);
  CHECK(found.groups[2].selection_rate->interval.high > 0.3);
  const FairnessFigure& parity = figure_of(found, FairnessMetric::demographic_parity_difference);
  CHECK(parity.estimate->value == Approx(0.02));
  CHECK(*parity.all_groups == Approx(0.5));

  groups.resize(1);
  const Fairness alone = fairness(groups, with_smallest(30));
  CHECK_FALSE(figure_of(alone, FairnessMetric::equalized_odds_ratio).estimate);
  CHECK(alone.four_fifths.result == RuleResult::inconclusive);
}

TEST_CASE("a group without positive rows has no true positive rate") {
  const std::vector<GroupCounts> groups{
      {.group = "x", .true_positives = 30, .false_positives = 10, .true_negatives = 40, .false_negatives = 10},
      {.group = "y", .true_positives = 0, .false_positives = 12, .true_negatives = 38, .false_negatives = 0}};
  const Fairness found = fairness(groups, with_smallest(30));
  CHECK_FALSE(found.groups[1].true_positive_rate);
  CHECK_FALSE(figure_of(found, FairnessMetric::equal_opportunity_difference).estimate);
  CHECK_FALSE(figure_of(found, FairnessMetric::average_odds_difference).estimate);
  CHECK(figure_of(found, FairnessMetric::equalized_odds_difference).estimate->value == Approx(0.04));
}

TEST_CASE("nobody selected is no disparity") {
  const std::vector<GroupCounts> groups{{.group = "x", .true_negatives = 50, .false_negatives = 10},
                                        {.group = "y", .true_negatives = 40, .false_negatives = 30}};
  const Fairness found = fairness(groups, with_smallest(30));
  CHECK(figure_of(found, FairnessMetric::demographic_parity_ratio).estimate->value == 1);
  CHECK(figure_of(found, FairnessMetric::equalized_odds_ratio).estimate->value == 1);
  CHECK(found.four_fifths.result == RuleResult::passed);
}

// Newcombe's interval of a difference and the score interval of a ratio: statsmodels, tests/oracles/fairness.py.
TEST_CASE("a rate of 0 or 1 is as uncertain as so many rows leave it") {
  for (const Json& example : fairness_oracle("unseen").as_array()) {
    const auto group = [&](const char* name) {
      const Json::Array& counts = example.at(name).as_array();
      return selected(name, counts.at(0).as_integer(), counts.at(0).as_integer() + counts.at(1).as_integer());
    };
    const Fairness found = fairness(std::vector<GroupSelection>{group("a"), group("b")}, with_smallest(1));
    const auto near = [](const Interval& interval, const Json& wanted) {
      CHECK(interval.low == Approx(wanted.as_array().at(0).as_double()).margin(0.02));
      CHECK(interval.high == Approx(wanted.as_array().at(1).as_double()).margin(0.02));
    };
    INFO(to_line(example));
    near(figure_of(found, FairnessMetric::demographic_parity_difference).estimate->interval,
         example.at("newcombe_difference"));
    const Interval ratio = figure_of(found, FairnessMetric::demographic_parity_ratio).estimate->interval;
    if (!example.at("score_ratio").is_null()) near(ratio, example.at("score_ratio"));
    CHECK(ratio.high - ratio.low > 0.01);
  }
}

TEST_CASE("of nobody selected no ratio is known, and a difference of little") {
  const std::vector<GroupCounts> groups{{.group = "x", .true_negatives = 50, .false_negatives = 10},
                                        {.group = "y", .true_negatives = 40, .false_negatives = 30}};
  const Fairness found = fairness(groups, with_smallest(30));
  CHECK(figure_of(found, FairnessMetric::demographic_parity_ratio).estimate->interval == Interval{0, 1});
  const Estimate parity = *figure_of(found, FairnessMetric::demographic_parity_difference).estimate;
  CHECK(parity.interval.low == 0);
  CHECK(parity.interval.high > 0.05);
  CHECK(parity.interval.high < 0.1);
}

TEST_CASE("rates that draws do change keep the interval of the draws") {
  const std::vector<GroupCounts> groups{
      {.group = "x", .true_positives = 40, .false_positives = 10, .true_negatives = 40, .false_negatives = 10},
      {.group = "y", .true_positives = 20, .false_positives = 0, .true_negatives = 50, .false_negatives = 30}};
  const Fairness found = fairness(groups, with_smallest(30));
  const Interval opportunity = figure_of(found, FairnessMetric::equal_opportunity_difference).estimate->interval;
  CHECK(opportunity.low > 0.2);
  CHECK(opportunity.high < 0.6);
  // Nobody of y was taken for positive by mistake: the ratio of mistakes is 0, and could be more.
  const Interval odds = figure_of(found, FairnessMetric::equalized_odds_ratio).estimate->interval;
  CHECK(odds.low == 0);
  CHECK(odds.high > 0.2);
}

TEST_CASE("intervals hold the value, shrink with rows, and are the same for the same seed") {
  const auto times = [](std::int64_t factor) {
    return std::vector<GroupCounts>{{.group = "x",
                                     .true_positives = 40 * factor,
                                     .false_positives = 10 * factor,
                                     .true_negatives = 40 * factor,
                                     .false_negatives = 10 * factor},
                                    {.group = "y",
                                     .true_positives = 20 * factor,
                                     .false_positives = 12 * factor,
                                     .true_negatives = 38 * factor,
                                     .false_negatives = 30 * factor}};
  };
  double width = std::numeric_limits<double>::infinity();
  for (const std::int64_t factor : {1, 100, 1'000'000}) {
    const Fairness found = fairness(times(factor), with_smallest(30));
    const Estimate opportunity = *figure_of(found, FairnessMetric::equal_opportunity_difference).estimate;
    CHECK(opportunity.value == Approx(0.4));
    CHECK((opportunity.interval.low <= 0.4 && 0.4 <= opportunity.interval.high));
    CHECK(opportunity.interval.high - opportunity.interval.low < width);
    width = opportunity.interval.high - opportunity.interval.low;
    CHECK(
        opportunity ==
        *figure_of(fairness(times(factor), with_smallest(30)), FairnessMetric::equal_opportunity_difference).estimate);
  }
  // 0.8 of 50 and 0.4 of 50 rows: the standard error of their difference is 0.0894.
  const Estimate small =
      *figure_of(fairness(times(1), with_smallest(30)), FairnessMetric::equal_opportunity_difference).estimate;
  CHECK(small.interval.high - small.interval.low == Approx(2 * 1.96 * 0.0894).epsilon(0.15));
}

TEST_CASE("the average odds difference is signed, against the reference group") {
  const std::vector<GroupCounts> groups{
      {.group = "x", .true_positives = 40, .false_positives = 10, .true_negatives = 40, .false_negatives = 10},
      {.group = "y", .true_positives = 20, .false_positives = 5, .true_negatives = 45, .false_negatives = 30}};
  FairnessRules rules = with_smallest(30);
  const FairnessMetric odds = FairnessMetric::average_odds_difference;
  CHECK(figure_of(fairness(groups, rules), odds).estimate->value == Approx(-0.25));
  CHECK(figure_of(fairness(groups, rules), odds).higher == "x");
  rules.reference_group = "y";
  CHECK(figure_of(fairness(groups, rules), odds).estimate->value == Approx(0.25));
  rules.reference_group = "z";
  CHECK_THROWS_WITH(fairness(groups, rules), "there is no group `z` to compare the others with");
}

TEST_CASE("the interval of the average odds difference is of the group that is named") {
  const auto group = [](const char* name, std::int64_t true_positives) {
    return GroupCounts{.group = name,
                       .true_positives = true_positives,
                       .false_positives = 20,
                       .true_negatives = 80,
                       .false_negatives = 100 - true_positives};
  };
  FairnessRules rules = with_smallest(30);
  rules.reference_group = "middle";
  const std::vector<GroupCounts> groups{group("low", 30), group("middle", 50), group("high", 69)};
  const FairnessFigure odds = figure_of(fairness(groups, rules), FairnessMetric::average_odds_difference);
  CHECK(odds.lower == "low");
  CHECK(odds.estimate->value == Approx(-0.1));
  CHECK(odds.estimate->interval.high < 0);
}

TEST_CASE("selection alone tells of parity, and of no rate that needs the truth") {
  const std::vector<GroupSelection> groups{selected("x", 50, 100), selected("y", 30, 100)};
  const Fairness found = fairness(groups, with_smallest(30));
  CHECK(found.figures.size() == 2);
  CHECK(found.figures[0].estimate->value == Approx(0.2));
  CHECK_FALSE(found.groups[0].accuracy);
  CHECK(found.groups[0].selection_rate->value == 0.5);
}

// The p-values are scipy's; four of the tables are those of Evidently's tests of Fisher's p.
TEST_CASE("the four-fifths rule takes Fisher's test for few rows and the z test for many") {
  for (const Json& example : fairness_oracle("tables").as_array()) {
    const auto group = [&](const char* name) {
      const Json::Array& counts = example.at(name).as_array();
      return selected(name, counts.at(0).as_integer(), counts.at(0).as_integer() + counts.at(1).as_integer());
    };
    const std::vector<GroupSelection> groups{group("a"), group("b")};
    const FourFifths rule = four_fifths_rule(groups, with_smallest(1));
    REQUIRE(rule.groups.size() == 1);
    CHECK(rule.groups[0].is_exact == example.at("exact").as_bool());
    CHECK(rule.groups[0].p == Approx(example.at(rule.groups[0].is_exact ? "fisher" : "z").as_double()).epsilon(1e-9));
  }
}

TEST_CASE("the four-fifths rule asks for a low ratio and for significance") {
  const auto rule = [](std::vector<GroupSelection> groups) { return four_fifths_rule(groups); };
  CHECK(rule({selected("x", 500, 1000), selected("y", 300, 1000)}).result == RuleResult::failed);
  CHECK(rule({selected("x", 500, 1000), selected("y", 300, 1000)}).highest == "x");
  CHECK(rule({selected("x", 500, 1000), selected("y", 420, 1000)}).result == RuleResult::passed);
  CHECK(rule({selected("x", 20, 40), selected("y", 14, 40)}).result == RuleResult::inconclusive);
  // A small group below four fifths leaves it open, one above doesn't.
  CHECK(rule({selected("x", 500, 1000), selected("y", 450, 1000), selected("z", 1, 10)}).result ==
        RuleResult::inconclusive);
  CHECK(rule({selected("x", 500, 1000), selected("y", 450, 1000), selected("z", 9, 10)}).result == RuleResult::passed);
  CHECK(rule({selected("x", 5, 10), selected("y", 1, 10)}).result == RuleResult::inconclusive);
  const FourFifths worst = rule({selected("x", 500, 1000), selected("y", 450, 1000), selected("z", 200, 1000)});
  CHECK(worst.groups.front().group == "z");
  CHECK(worst.groups.front().ratio == Approx(0.4));
}

TEST_CASE("calibration by group is the mean distance in bins of equal count") {
  const Json& example = fairness_oracle("calibration");
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  for (const Json& score : example.at("scores").as_array()) scores.push_back(score.as_double());
  for (const Json& label : example.at("labels").as_array()) labels.push_back(label.as_integer() == 1 ? 1 : 0);
  const std::vector<ScoredGroup> groups{{.group = "x", .scores = scores, .labels = labels},
                                        {.group = "empty", .scores = {}, .labels = {}}};
  const auto found = calibration_by_group(groups);
  CHECK(*found[0].error == Approx(example.at("error").as_double()).epsilon(1e-12));
  CHECK(*found[0].bias == Approx(example.at("bias").as_double()).epsilon(1e-12));
  CHECK_FALSE(found[1].error);
  CHECK_FALSE(found[1].is_judged);
}

TEST_CASE("equal scores stay in one bin, whatever the order of rows") {
  const std::vector<double> scores{0.5, 0.5, 0.5, 0.5};
  const std::vector<std::uint8_t> labels{1, 1, 0, 0};
  const std::vector<std::uint8_t> other_order{0, 1, 0, 1};
  const std::vector<ScoredGroup> groups{{.group = "x", .scores = scores, .labels = labels},
                                        {.group = "y", .scores = scores, .labels = other_order}};
  for (const GroupCalibration& group : calibration_by_group(groups, 2)) CHECK(*group.error == 0);
}

TEST_CASE("groups that are none are refused") {
  CHECK_THROWS_WITH(fairness(std::vector<GroupCounts>{}), "there are no groups to compare");
  CHECK_THROWS_WITH(fairness(std::vector<GroupCounts>{{.group = "x"}, {.group = "x"}}),
                    "there are two groups of the name `x`");
  CHECK_THROWS_AS(fairness(std::vector<GroupCounts>{{.group = "x", .true_positives = -1}}), Error);
  CHECK_THROWS_AS(
      fairness(std::vector<GroupCounts>{{.group = "x", .true_positives = std::numeric_limits<std::int64_t>::max()}}),
      Error);
  CHECK_THROWS_WITH(fairness(std::vector<GroupSelection>{selected("x", 3, 2)}),
                    "the group `x` has 2 rows, but 3 of them are selected");
  const std::vector<double> scores{1.5};
  const std::vector<std::uint8_t> labels{1};
  CHECK_THROWS_AS(calibration_by_group(std::vector<ScoredGroup>{{.group = "x", .scores = scores, .labels = labels}}),
                  Error);
  CHECK(fairness(std::vector<GroupCounts>{{.group = "x"}, {.group = "y"}}).four_fifths.result ==
        RuleResult::inconclusive);
}
