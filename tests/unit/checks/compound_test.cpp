#include <catch2/catch.hpp>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

namespace {

// Of a version with an accuracy of 0.931 and a roc_auc of 0.98, against one with 0.947.
Evidence asked_of_metrics(std::string_view text) { return metric_condition(condition(text), good_facts()); }

}  // namespace

TEST_CASE("a condition of several parts shows each with its own figures") {
  const Evidence evidence = asked_of_metrics("accuracy >= production.accuracy or roc_auc >= 0.97");
  CHECK(evidence.check == "metrics.accuracy+roc_auc");
  CHECK(evidence.result == CheckResult::passed);
  CHECK(evidence.wanted == "accuracy >= production.accuracy or roc_auc >= 0.97");
  CHECK(evidence.found == "accuracy 0.931 (failed), roc_auc 0.98 (passed)");
  CHECK(evidence.reason == "");
  const Json& parts = evidence.figures.at("parts");
  REQUIRE(parts.as_array().size() == 2);
  CHECK(parts.as_array()[0].at("condition").as_string() == "accuracy >= production.accuracy");
  CHECK(parts.as_array()[0].at("result").as_string() == "failed");
  CHECK(parts.as_array()[0].at("figures").at("found").as_double() == 0.931);
  CHECK(parts.as_array()[1].at("figures").at("margin").as_double() == 0.01);
}

TEST_CASE("what kept it from passing is told part by part") {
  const Evidence evidence = asked_of_metrics("roc_auc >= 0.97 and (accuracy >= 0.95 and roc_auc >= 0.99)");
  CHECK(evidence.result == CheckResult::failed);
  CHECK(evidence.reason ==
        "accuracy >= 0.95: below 0.95 by 0.019\n"
        "roc_auc >= 0.99: below 0.99 by 0.01");
}

TEST_CASE("a missing metric is a part that is not passed") {
  CHECK(asked_of_metrics("roc_acu >= 0.9 and accuracy >= 0.9").result == CheckResult::failed);
  CHECK(asked_of_metrics("roc_acu >= 0.9 or accuracy >= 0.95")
            .reason.starts_with("roc_acu >= 0.9: no metric `roc_acu`; did you mean `roc_auc`?"));
  CHECK(asked_of_metrics("roc_acu >= 0.9 or accuracy >= 0.9").result == CheckResult::passed);
}

TEST_CASE("predictions that can't tell leave the whole undecided, unless another part decides") {
  Facts facts = good_facts();
  facts.measure = [](const domain::PredictionCondition& part) {
    MeasuredSlice all;
    all.count = 100;
    all.value = part.metric == "auc" ? 0.9 : 0.8;
    all.low = all.value - 0.05;
    all.high = all.value + 0.05;
    Measurement measured;
    measured.slices = {all};
    return measured;
  };
  const auto result = [&](std::string_view text) {
    return prediction_condition(domain::parse_prediction_condition(text, [](std::string_view) { return false; }), facts)
        .result;
  };
  CHECK(result("auc >= 0.8 and accuracy >= 0.79") == CheckResult::inconclusive);
  CHECK(result("auc >= 0.8 or accuracy >= 0.79") == CheckResult::passed);
  CHECK(result("auc >= 0.99 and accuracy >= 0.79") == CheckResult::failed);
  CHECK(result("auc >= 0.99 or accuracy >= 0.79") == CheckResult::inconclusive);
}
