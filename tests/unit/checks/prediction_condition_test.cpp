#include <catch2/catch.hpp>

#include <limits>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

namespace {

bool is_known_stage(std::string_view word) { return word == "production"; }

// What a check says of this measurement.
Evidence ask_predictions(std::string_view text, const Measurement& measured) {
  Facts facts = good_facts();
  facts.measure = [&](const domain::PredictionCondition&) { return measured; };
  return prediction_condition(domain::parse_prediction_condition(text, is_known_stage), facts);
}

MeasuredSlice slice(std::string name, std::int64_t count, double value, double low, double high) {
  MeasuredSlice made;
  made.name = std::move(name);
  made.count = count;
  made.value = value;
  made.low = low;
  made.high = high;
  return made;
}

Measurement against_production(double low, double high) {
  Measurement measured;
  measured.holder = domain::VersionId{"cancer", 1};
  measured.slices = {{.name = "",
                      .count = 500,
                      .value = 0.931,
                      .other = 0.933,
                      .low = low,
                      .high = high,
                      .rows_needed = 4000,
                      .detectable = 0.02,
                      .p = {},
                      .adjusted_p = {}}};
  return measured;
}

}  // namespace

// The worked examples of the non-inferiority reading: d = -.002, se = .004, m = .01 -> [-.00984, .00584]; d = -.015,
// se = .002 -> [-.0189, -.0111].
TEST_CASE("a difference is judged by its whole interval against the margin") {
  const std::string text = "accuracy >= production - 0.01";
  CHECK(ask_predictions(text, against_production(-0.00984, 0.00584)).result == CheckResult::passed);
  CHECK(ask_predictions(text, against_production(-0.0189, -0.0111)).result == CheckResult::failed);
  CHECK(ask_predictions(text, against_production(-0.012, 0.008)).result == CheckResult::inconclusive);
}

TEST_CASE("an interval that touches the bound satisfies >= and not >") {
  CHECK(ask_predictions("accuracy >= production", against_production(0, 0)).result == CheckResult::passed);
  CHECK(ask_predictions("accuracy > production", against_production(0, 0)).result == CheckResult::failed);
}

TEST_CASE("too few rows are said, with what would be enough") {
  const Evidence evidence = ask_predictions("accuracy >= production - 0.01", against_production(-0.012, 0.008));
  CHECK(evidence.check == "predictions.accuracy");
  CHECK(evidence.found == "0.931 against 0.933: -0.002 [-0.012, 0.008]");
  CHECK(evidence.reason ==
        "500 rows can't tell whether it is below cancer@1's - 0.01; some 4000 would (these show a difference of 0.02)");
  CHECK(evidence.figures.at("rows_needed").as_integer() == 4000);
  CHECK(evidence.figures.at("bound").as_double() == -0.01);
}

TEST_CASE("where less is better, the interval is read the other way round") {
  Measurement measured;
  measured.slices = {slice("", 100, 18, 17, 19.5)};
  CHECK(ask_predictions("latency_p99 <= 20", measured).result == CheckResult::passed);
  CHECK(ask_predictions("latency_p99 <= 18", measured).result == CheckResult::inconclusive);
  CHECK(ask_predictions("latency_p99 <= 16", measured).result == CheckResult::failed);
  CHECK(ask_predictions("latency_p99 <= 16", measured).reason == "above 16 with confidence");
}

TEST_CASE("the worst slice decides, and is named") {
  Measurement measured;
  measured.slices = {slice("region=north", 300, 0.95, 0.92, 0.97), slice("region=south", 90, 0.7, 0.6, 0.79),
                     slice("region=west", 40, 0.8, 0.65, 0.9)};
  measured.too_small = {{"region=east", 4}};
  const Evidence evidence = ask_predictions("accuracy by region >= 0.8", measured);
  CHECK(evidence.result == CheckResult::failed);
  CHECK(evidence.found == "0.7 [0.6, 0.79] in region=south, the worst of 3 slices");
  CHECK(evidence.reason == "in region=south, below 0.8 with confidence");
  CHECK(evidence.figures.at("groups").as_array().size() == 3);
  CHECK(evidence.figures.at("too_small").as_array().front().at("name").as_string() == "region=east");
}

TEST_CASE("one of several slices fails only when the correction for their number bears it out") {
  Measurement measured;
  measured.correction = "Holm";
  measured.slices = {slice("region=north", 300, 0.95, 0.92, 0.97), slice("region=south", 90, 0.7, 0.6, 0.79)};
  measured.slices[0].p = measured.slices[0].adjusted_p = 1;
  measured.slices[1].p = 0.02;
  measured.slices[1].adjusted_p = 0.04;
  const Evidence doubtful = ask_predictions("accuracy by region >= 0.8", measured);
  CHECK(doubtful.result == CheckResult::inconclusive);
  CHECK(doubtful.found == "0.7 [0.6, 0.79] in region=south, the worst of 2 slices");
  CHECK(
      doubtful.reason ==
      "in region=south, below 0.8 by its own interval, but one of several slices may be so by chance (p 0.02, 0.04 by "
      "Holm for 2 slices)");
  CHECK(doubtful.figures.at("compared").as_integer() == 2);
  CHECK(doubtful.figures.at("correction").as_string() == "Holm");
  CHECK(doubtful.figures.at("groups").as_array()[1].at("result").as_string() == "inconclusive");
  CHECK(doubtful.figures.at("groups").as_array()[1].at("adjusted_p").as_double() == 0.04);

  measured.slices[1].p = 0.00001;
  measured.slices[1].adjusted_p = 0.00002;
  const Evidence certain = ask_predictions("accuracy by region >= 0.8", measured);
  CHECK(certain.result == CheckResult::failed);
  CHECK(certain.reason == "in region=south, below 0.8 with confidence (p <0.0001, <0.0001 by Holm for 2 slices)");
}

TEST_CASE("what can't be measured never passes") {
  Measurement broken;
  broken.fault = "the prediction command failed";
  CHECK(ask_predictions("accuracy >= 0.9", broken).result == CheckResult::error);
  CHECK(ask_predictions("accuracy >= 0.9", {}).reason == "no slice has enough rows to be judged");
  Measurement undefined;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  undefined.slices = {slice("", 10, nan, nan, nan)};
  CHECK(ask_predictions("auc >= 0.5", undefined).result == CheckResult::error);
}

TEST_CASE("with nobody in the stage a comparison passes and says so") {
  Measurement measured;
  measured.slices = {slice("", 500, 0.931, 0.91, 0.95)};
  const Evidence evidence = ask_predictions("accuracy >= production", measured);
  CHECK(evidence.result == CheckResult::passed);
  CHECK(evidence.reason == "nobody holds production yet");
}
