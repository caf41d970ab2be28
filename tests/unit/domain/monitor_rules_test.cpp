// [model.NAME.monitor] of a policy.
#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

std::vector<std::string> mistakes_of_rules(std::string_view rules) {
  const std::string text = "[model.churn.monitor]\n" + std::string{rules};
  const auto error = error_of([&] { parse_policy(text, "mlops.toml"); });
  if (!error) return {};
  std::vector<std::string> lines = {error->message()};
  lines.insert(lines.end(), error->context().begin(), error->context().end());
  return lines;
}

}  // namespace

TEST_CASE("the rules of monitoring are read") {
  const Policy policy = parse_policy(R"(
[model.churn.monitor]
stage = "staging"
reference = "valid"
every = "90m"
metrics = ["auc >= 0.85 and recall of yes >= 0.5", "rmse <= 3"]
ignore = ["churned"]
)",
                                     "mlops.toml");
  const MonitorRules& rules = policy.models.at("churn").monitor;
  CHECK(rules.stage == "staging");
  CHECK(rules.reference == "valid");
  CHECK(rules.every_ms == 90 * 60 * 1000);
  REQUIRE(rules.metrics);
  CHECK(rules.metrics->size() == 2);
  CHECK(rules.metrics->front().parts.size() == 2);
  CHECK(rules.ignore == std::vector<std::string>{"churned"});
}

TEST_CASE("mistakes in the rules of monitoring are told") {
  using Catch::Matchers::Contains;
  CHECK(mistakes_of_rules("").empty());
  CHECK_THAT(mistakes_of_rules("evry = \"1d\"").at(0), Contains("unknown key `evry`, did you mean `every`?"));
  CHECK_THAT(mistakes_of_rules("stage = \"prodution\"").at(0), Contains("did you mean `production`?"));
  CHECK_THAT(mistakes_of_rules("every = \"daily\"").at(0), Contains("`daily` of `every` is no span of time"));
  CHECK_THAT(mistakes_of_rules("every = \"2026-11-01\"").at(0), Contains("no span of time"));
  CHECK_THAT(mistakes_of_rules("every = \"0d\"").at(0), Contains("no span of time"));
  CHECK_THAT(mistakes_of_rules("reference = \"\"").at(0), Contains("can't be empty"));
  CHECK_THAT(mistakes_of_rules("metrics = [\"accuracy by region >= 0.9\"]").at(0), Contains("no columns to cut it"));
  CHECK_THAT(mistakes_of_rules("metrics = [\"auc >= production\"]").at(0), Contains("not with another version"));
  CHECK_THAT(mistakes_of_rules("metrics = [\"ndcg >= 0.5\"]").at(0), Contains("`ndcg` needs more"));
  CHECK_THAT(mistakes_of_rules("metrics = [\"acuracy >= 0.5\"]").at(0), Contains("did you mean `accuracy`?"));
}
