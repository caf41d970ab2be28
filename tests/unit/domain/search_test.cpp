#include <mlops/domain/search.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/series.hpp>

#include "errors.hpp"

namespace mlops::domain {
namespace {

ParamRule whole_numbers(double least, double most) {
  ParamRule rule;
  rule.type = ParamType::integer;
  rule.least = least;
  rule.most = most;
  return rule;
}

SearchedParams known() {
  static const ParamRule depth = whole_numbers(1, 10);
  static const ParamRule rate = [] {
    ParamRule rule;
    rule.least = 0.0001;
    rule.most = 1;
    rule.logarithmic = true;
    return rule;
  }();
  static const ParamRule kernel = [] {
    ParamRule rule;
    rule.type = ParamType::text;
    rule.choices = {Json{"rbf"}, Json{"linear"}};
    return rule;
  }();
  return {{"lr", {Json{0.1}, &rate}},
          {"depth", {Json{3}, &depth}},
          {"kernel", {Json{"rbf"}, &kernel}},
          {"size", {Json{100}, nullptr}},
          {"share", {Json{0.5}, nullptr}}};
}

std::string mistake(const std::string& text) {
  return message_of([&] { parse_dimension(text, known()); });
}

TEST_CASE("a list of values is what it reads as, and text in quotes stays text") {
  CHECK(parse_dimension("size=[1, 2.5,true,big,'7']", known()).values ==
        std::vector<Json>{Json{1}, Json{2.5}, Json{true}, Json{"big"}, Json{"7"}});
  CHECK(parse_dimension("kernel=linear", known()).values == std::vector<Json>{Json{"linear"}});
  CHECK(parse_dimension("size=[\"a,b\",c]", known()).values == std::vector<Json>{Json{"a,b"}, Json{"c"}});
}

TEST_CASE("a range is of whole numbers where the param is, else of real ones") {
  const auto depth = parse_dimension("depth=2..8", known());
  CHECK(depth.count() == 7);
  CHECK(depth.at(0) == Json{2});
  CHECK(depth.at(6) == Json{8});
  CHECK(parse_dimension("depth=2..8:3", known()).values == std::vector<Json>{Json{2}, Json{5}, Json{8}});
  CHECK_FALSE(parse_dimension("share=0..1", known()).count());
  CHECK(parse_dimension("share=0.1..0.5:0.2", known()).values == std::vector<Json>{Json{0.1}, Json{0.3}, Json{0.5}});
  const auto size = parse_dimension("size=1..1000:log", known());
  CHECK(size.logarithmic);
  CHECK(size.integers);
  CHECK_FALSE(size.count());
}

TEST_CASE("a param alone takes what the recipe says") {
  CHECK(parse_dimension("kernel", known()).values == std::vector<Json>{Json{"rbf"}, Json{"linear"}});
  const auto rate = parse_dimension("lr", known());
  CHECK(rate.least == 0.0001);
  CHECK(rate.logarithmic);
  CHECK(parse_dimension("depth", known()).count() == 10);
  CHECK(mistake("size") == "`--set size`: the recipe gives it neither choices nor a range from `min` to `max`");
}

TEST_CASE("what can't be searched is told with the part at fault") {
  CHECK(mistake("dept=1..2") == "`--set dept=1..2`: the recipe has no param `dept`");
  CHECK(hint_of([] { parse_dimension("dept=1..2", known()); }) == "did you mean `depth`?");
  CHECK(mistake("depth=[2,20]") == "`--set depth=[2,20]`: it must be an integer from 1 to 10, not 20");
  CHECK(mistake("depth=0..3") == "`--set depth=0..3`: it must be an integer from 1 to 10, not 0");
  CHECK(mistake("kernel=[rbf,poly]") == "`--set kernel=[rbf,poly]`: it must be one of rbf, linear, not poly");
  CHECK(mistake("size=8..2") == "`--set size=8..2`: 8 is not below 2");
  CHECK(mistake("size=[1,1]") == "`--set size=[1,1]`: 1 stands there twice");
  CHECK(mistake("size=[1,,2]") == "`--set size=[1,,2]`: a value is empty");
  CHECK(mistake("size=['a]") == "`--set size=['a]`: a quote is not closed");
  CHECK(mistake("size=1..x") == "`--set size=1..x`: a range runs from a number to a number");
  CHECK(mistake("size=1..9:0") == "`--set size=1..9:0`: the step must be above 0, and whole for integers");
  CHECK(mistake("size=1..9:fast") == "`--set size=1..9:fast`: after the colon comes a step or `log`, not `fast`");
  CHECK(mistake("size=0..9:log") == "`--set size=0..9:log`: only a range above 0 has a logarithm");
}

TEST_CASE("rungs are steps, or values of a param") {
  const auto steps = parse_rungs("10, 30,90");
  CHECK_FALSE(steps.param);
  CHECK(steps.at == std::vector<std::int64_t>{10, 30, 90});
  CHECK(parse_rungs("epochs=1,3").param == "epochs");
  for (const char* text : {"", "0", "3,2", "1,1", "a", "epochs=5"}) {
    CAPTURE(text);
    CHECK_THAT(message_of([&] { parse_rungs(text); }), Catch::StartsWith("`--rungs "));
  }
  CHECK(steps.survivors(1) == 1);
  CHECK(steps.survivors(3) == 1);
  CHECK(steps.survivors(4) == 2);
  CHECK(steps.survivors(9) == 3);
}

TEST_CASE("an objective says what more of it is worth") {
  CHECK(parse_objective("auc:max") == Objective{"auc", Goal::maximum});
  CHECK(parse_objective("test:loss:min") == Objective{"test:loss", Goal::minimum});
  CHECK(message_of([] { parse_objective("auc"); }) == "`auc` does not say whether more is better");
  CHECK(message_of([] { parse_objective("auc:most"); }) == "`most` is neither `max` nor `min`");
}

TEST_CASE("a plan is read back as it was written") {
  SearchPlan plan;
  plan.method = SearchMethod::halving;
  plan.objective = {"loss", Goal::minimum};
  plan.space = {parse_dimension("lr", known()), parse_dimension("kernel", known())};
  plan.trials = {{{"lr", Json{0.5}}, {"kernel", Json{"rbf"}}}};
  plan.count = 1;
  plan.budget_seconds = 60;
  plan.rungs = parse_rungs("epochs=1,3");
  plan.promote = "staging";
  plan.message = "wide";
  CHECK(search_plan_from_json(parse_json(to_line(to_json(plan)), "plan")) == plan);
  CHECK(error_of([] { search_plan_from_json(Json::object({{"method", "grid"}})); })->kind() == ErrorKind::integrity);
}

TEST_CASE("the last value of a curve counts, or the best where that is asked for") {
  const Curve curve{{1, 0.5}, {2, 0.9}, {3, 0.7}};
  CHECK(final_value(curve, "auc", {}) == 0.7);
  CHECK(final_value(curve, "auc", {{"auc", Goal::maximum}}) == 0.9);
  CHECK(final_value(curve, "auc", {{"auc", Goal::minimum}}) == 0.5);
  const Series series{{"auc", curve}};
  CHECK(series_from_json(to_json(series)) == series);
  CHECK(error_of([] { series_from_json(Json::object({{"series", 1}})); })->kind() == ErrorKind::integrity);
}

}  // namespace
}  // namespace mlops::domain
