#include <catch2/catch.hpp>

#include <limits>
#include <tuple>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

namespace {

Evidence ask_metric(std::string_view text, const Facts& facts = good_facts()) {
  return metric_condition(condition(text), facts);
}

}  // namespace

TEST_CASE("a metric that meets its number passes") {
  const Evidence evidence = ask_metric("accuracy >= 0.92");
  CHECK(evidence.check == "metrics.accuracy");
  CHECK(evidence.result == CheckResult::passed);
  CHECK(evidence.wanted == "accuracy >= 0.92");
  CHECK(evidence.found == "0.931");
  CHECK(evidence.reason == "");
  CHECK(to_line(evidence.figures) ==
        R"({"metric": "accuracy", "found": 0.931, "wanted": 0.92, "margin": 0.011, "reference": null})");
}

// The distances are decimal sums done by hand: 0.942 - 0.931 = 0.011.
TEST_CASE("a metric that misses says on which side and by how much") {
  const std::vector<std::pair<std::string, std::string>> reasons = {
      {"accuracy >= 0.942", "below 0.942 by 0.011"},
      {"accuracy > 0.931", "not above 0.931, but equal"},
      {"accuracy < 0.931", "not below 0.931, but equal"},
      {"accuracy <= 0.9", "above 0.9 by 0.031"},
      {"accuracy == 1", "off 1 by 0.069"},
      {"accuracy != 0.931", "equal to 0.931"},
      {"accuracy >= production.accuracy - 0.005", "0.931 is below cancer@1's 0.947 - 0.005 by 0.011"},
      {"accuracy > production.accuracy", "0.931 is below cancer@1's 0.947 by 0.016"},
      {"accuracy >= production.accuracy * 2", "0.931 is below cancer@1's 0.947 * 2 by 0.963"}};
  for (const auto& [text, reason] : reasons) {
    INFO(text);
    const Evidence evidence = ask_metric(text);
    CHECK(evidence.result == CheckResult::failed);
    CHECK(evidence.found == "0.931");
    CHECK(evidence.reason == reason);
  }
  CHECK(ask_metric("accuracy > production.accuracy").figures.at("reference").as_string() == "cancer@1");
  CHECK(ask_metric("accuracy > production.accuracy").figures.at("margin").as_double() == -0.016);
}

TEST_CASE("a threshold met exactly in decimal arithmetic is met") {
  Facts facts = good_facts();
  facts.version.metrics = {{"auc", 0.3}};
  facts.holder = [](const std::string&) { return StageHolder{.version = {"cancer", 1}, .metrics = {{"auc", 0.1}}}; };
  CHECK(0.1 + 0.2 > 0.3);  // in binary
  CHECK(ask_metric("auc >= production.auc + 0.2", facts).result == CheckResult::passed);
  CHECK(ask_metric("auc > production.auc + 0.2", facts).result == CheckResult::failed);

  facts.version.metrics = {{"auc", 0.001}};
  facts.holder = [](const std::string&) { return StageHolder{.version = {"cancer", 1}, .metrics = {{"auc", 1.001}}}; };
  CHECK(1.001 - 1 < 0.001);  // in binary
  CHECK(ask_metric("auc <= production.auc - 1", facts).result == CheckResult::passed);
  CHECK(ask_metric("auc < production.auc - 1", facts).result == CheckResult::failed);
}

TEST_CASE("distances keep their figures at every scale") {
  Facts facts = good_facts();
  const std::vector<std::tuple<double, std::string, std::string>> examples = {
      {1e300, "m < 1", "above 1 by 1e+300"},
      {1e-300, "m > 1", "below 1 by 1"},
      {1e-300, "m > 2e-300", "below 2e-300 by 1e-300"},
      {0.0, "m > 0", "not above 0, but equal"},
      {1e15, "m < 999999999999999", "above 1e+15 by 1"},
      {-5.0, "m >= -4.9", "below -4.9 by 0.1"}};
  for (const auto& [value, text, reason] : examples) {
    INFO(text);
    facts.version.metrics = {{"m", value}};
    CHECK(ask_metric(text, facts).reason == reason);
  }
  facts.version.metrics = {{"m", std::numeric_limits<double>::infinity()}};
  CHECK(ask_metric("m < 1", facts).result == CheckResult::failed);
  CHECK(ask_metric("m < 1", facts).figures.at("found").is_null());
}

TEST_CASE("a comparison with a stage that nobody holds passes and says so") {
  Facts facts = good_facts();
  facts.holder = [](const std::string&) -> std::optional<StageHolder> { return std::nullopt; };
  const Evidence evidence = ask_metric("accuracy >= production.accuracy", facts);
  CHECK(evidence.result == CheckResult::passed);
  CHECK(evidence.found == "0.931");
  CHECK(evidence.reason == "nobody holds production yet");
  CHECK(ask_metric("accuracy >= 0.99", facts).result == CheckResult::failed);
}

TEST_CASE("a missing metric fails, with the near miss") {
  const Evidence own = ask_metric("roc_auk >= 0.9");
  CHECK(own.result == CheckResult::failed);
  CHECK(own.found == "none");
  CHECK(own.reason == "no metric `roc_auk`; did you mean `roc_auc`?");

  const Evidence held = ask_metric("roc_auc >= production.roc_auc");
  CHECK(held.result == CheckResult::failed);
  CHECK(held.reason == "production's cancer@1 has no metric `roc_auc`");

  Facts facts = good_facts();
  facts.holder = [](const std::string&) -> std::optional<StageHolder> { return std::nullopt; };
  CHECK(ask_metric("f1 >= production.f1", facts).result == CheckResult::failed);
}

TEST_CASE("not a number never passes") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Facts facts = good_facts();
  facts.version.metrics = {{"accuracy", nan}};
  for (const std::string text :
       {"accuracy >= 0", "accuracy != 0", "accuracy == 0", "accuracy >= production.accuracy"}) {
    INFO(text);
    const Evidence evidence = ask_metric(text, facts);
    CHECK(evidence.result == CheckResult::failed);
    CHECK(evidence.reason == "`accuracy` is not a number");
    CHECK_NOTHROW(to_line(evidence.figures));
  }
  Facts empty_stage = facts;
  empty_stage.holder = [](const std::string&) -> std::optional<StageHolder> { return std::nullopt; };
  CHECK(ask_metric("accuracy >= production.accuracy", empty_stage).result == CheckResult::failed);

  Facts spoiled_holder = good_facts();
  spoiled_holder.holder = [nan](const std::string&) {
    return StageHolder{.version = {"cancer", 1}, .metrics = {{"accuracy", nan}}};
  };
  CHECK(ask_metric("accuracy != production.accuracy", spoiled_holder).result == CheckResult::failed);
}
