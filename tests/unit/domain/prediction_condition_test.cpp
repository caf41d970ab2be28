#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

bool stage_exists(std::string_view word) { return word == "staging" || word == "production"; }
PredictionCondition sentence(std::string_view text) {
  return parse_prediction_condition(text, stage_exists).parts.front();
}
std::string fault_of(std::string_view text) {
  const std::string message = message_of([&] { sentence(text); });
  const std::size_t column = message.find("column");
  return column == std::string::npos ? message : message.substr(column);
}
std::string proposal_for(std::string_view text) {
  return hint_of([&] { sentence(text); });
}

}  // namespace

TEST_CASE("a condition on predictions reads like a sentence") {
  const PredictionCondition plain = sentence(" accuracy >= 0.9 ");
  CHECK(plain.metric == "accuracy");
  CHECK(plain.comparison == Comparison::greater_equal);
  CHECK(plain.value == 0.9);
  CHECK_FALSE(plain.stage);
  CHECK(plain.text == "accuracy >= 0.9");

  const PredictionCondition whole = sentence("recall of not paid by region, age group >= production - 0.02");
  CHECK(whole.metric == "recall");
  CHECK(whole.label == "not paid");
  CHECK(whole.by == std::vector<std::string>{"region", "age group"});
  CHECK(whole.stage == "production");
  CHECK(whole.value == -0.02);
}

TEST_CASE("a stage stands alone or with a margin") {
  CHECK(sentence("auc > production").value == 0);
  CHECK(sentence("log_loss <= staging + 1e-3").value == 1e-3);
  CHECK(fault_of("auc >= production * 0.9") == "column 19: after a stage comes `+` or `-` and a number");
  CHECK(fault_of("auc >= production - -1") == "column 19: after a stage comes `+` or `-` and a number");
  CHECK(fault_of("auc >= production.auc") ==
        "column 8: predictions are compared by the same metric, so a stage stands alone");
  CHECK(fault_of("auc >= canary") == "column 8: `canary` is neither a number nor a stage");
  CHECK(fault_of("auc >= 90%") == "column 8: `90%` is not a number");
  CHECK(fault_of("latency_p99 <= 20ms") == "column 18: a figure has no unit, so `ms` means nothing");
}

TEST_CASE("what a condition on predictions can't mean is told, with the near miss") {
  CHECK(fault_of("acuracy >= 0.9") == "column 1: there is no metric `acuracy`");
  CHECK(proposal_for("acuracy >= 0.9") == "did you mean `accuracy`?");
  CHECK(fault_of("accuracy == 0.9") == "column 9: figures with an uncertainty are never equal");
  CHECK(fault_of("accuracy of yes >= 0.9") == "column 1: `accuracy` is not about one class, so `of` means nothing");
  CHECK(fault_of("demographic_parity_ratio >= 0.8") ==
        "column 1: `demographic_parity_ratio` compares groups: say of which column");
  CHECK(fault_of("demographic_parity_ratio by sex >= production") ==
        "column 36: `demographic_parity_ratio` is compared with a number");
  CHECK(fault_of("accuracy by sex, sex >= 0.9") == "column 13: the column `sex` is named twice");
  CHECK(fault_of("log_loss >= production") == "column 9: a higher log_loss is worse");
  CHECK(proposal_for("log_loss >= production") == "did you mean `<=`?");
  CHECK(message_of([] { sentence("  "); }) == "the condition is empty");
}

TEST_CASE("a ranking may be judged by its first ranks") {
  CHECK(sentence("ndcg@10 >= 0.5").metric == "ndcg@10");
  CHECK(ranks_of("ndcg@10") == 10);
  CHECK_FALSE(ranks_of("ndcg"));
  CHECK(find_prediction_metric("map@3")->name == "map");
  for (const std::string_view name : {"ndcg@0", "ndcg@", "ndcg@x", "auc@3", "ndcg@-1"}) {
    CHECK(find_prediction_metric(name) == nullptr);
  }
}

TEST_CASE("a metric alone reads like the left side of a condition") {
  const PredictionCondition found = parse_prediction_metric(" recall of yes by region, sex ");
  CHECK(found.metric == "recall");
  CHECK(found.label == "yes");
  CHECK(found.by == std::vector<std::string>{"region", "sex"});
  CHECK(hint_of([] { parse_prediction_metric("acuracy"); }) == "did you mean `accuracy`?");
  CHECK(message_of([] { parse_prediction_metric(" "); }) == "the metric is empty");
}

TEST_CASE("a policy says how predictions are made, and what a gate asks of them") {
  const Policy policy = parse_policy(R"(
[gate.production]
predictions = ["accuracy >= production - 0.01"]

[model.churn.predictions]
command = ["python3", "predict.py", "{files}", "{data}", "{predictions}"]
data = "data/holdout.csv"
truth = "churned"
positive = "yes"
confidence = 0.9

[model.churn.gate.production]
predictions = ["recall by region >= 0.7"]
)",
                                     "mlops.toml");
  const auto& recipe = policy.models.at("churn").predictions;
  REQUIRE(recipe);
  CHECK(recipe->data == "data/holdout.csv");
  CHECK(recipe->truth == "churned");
  CHECK(recipe->prediction == "prediction");
  CHECK(recipe->positive == "yes");
  CHECK(recipe->confidence == 0.9);
  const Gate gate = policy.gate("churn", "production");
  REQUIRE(gate.predictions.size() == 2);
  CHECK(gate.predictions[1].text == "recall by region >= 0.7");
}

TEST_CASE("mistakes about predictions are told with their line") {
  const std::string told = message_of([] {
    parse_policy(R"([gate.production]
predictions = ["auc >= prodution"]
[model.churn.predictions]
command = ["predict"]
confidence = 95
)",
                 "mlops.toml");
  });
  CHECK(told.starts_with("mlops.toml:2: [gate.production]: "));
  CHECK(told.find("did you mean `production`?") != std::string::npos);
}
