// What is amiss with a batch.
#include "monitor_health.hpp"

#include <algorithm>
#include <string>

#include <fmt/core.h>
#include <catch2/catch.hpp>

#include <mlops/support/byte_source.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

const formats::TableOptions csv_file{.name = "table.csv", .format = std::nullopt, .delimiter = std::nullopt};

std::string people(int rows, double from, double step) {
  std::string text = "age,city,code\n";
  for (int i = 0; i < rows; ++i) {
    text += fmt::format("{},{},{}\n", from + step * i, i % 3 == 0 ? "Oslo" : "Rome", i % 4);
  }
  return text;
}

CheckedBatch checked(const std::string& text, const FeatureRules& features = {}) {
  const std::string training = people(2000, 20, 0.02);
  const FrozenReference reference = freeze_table(MemorySource{training}, csv_file);
  const BatchCounts counts = count_batch(reference, MemorySource{text}, csv_file);
  CheckedBatch batch;
  batch.batch.id = 7;
  batch.drift = drift_of_inputs(reference, counts, features);
  batch.columns = column_health(reference, counts, features);
  return batch;
}

const ColumnHealth& column(const CheckedBatch& batch, const std::string& name) {
  const auto found = std::ranges::find(batch.columns, name, &ColumnHealth::name);
  REQUIRE(found != batch.columns.end());
  return *found;
}

// "drift!", "unfit age": kind, what it is about, and whether it is bad.
std::vector<std::string> told(const CheckedBatch& batch) {
  std::vector<std::string> all;
  for (const MonitorFinding& finding : findings_of(batch)) {
    CHECK(finding.batch == 7);
    all.push_back(finding.kind + (finding.column.empty() ? "" : " " + finding.column) + (finding.is_bad ? "!" : ""));
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace

TEST_CASE("what lies within the reference is well") {
  const CheckedBatch batch = checked(people(1000, 20, 0.04));
  CHECK(told(batch).empty());
  CHECK(column(batch, "age").outside == 0);
  CHECK(column(batch, "city").unseen == 0);
  CHECK(column(batch, "code").unseen == 0);
}

TEST_CASE("numbers outside the reference's range are counted to the row") {
  // From 20 to just below 60 in training: a tenth lies above, a tenth below.
  const CheckedBatch batch = checked(people(1000, 15, 0.05));
  CHECK(column(batch, "age").outside == Approx(0.2).margin(0.002));
}

TEST_CASE("cells that are missing, unfit or unseen are told, and bad from where on it matters") {
  std::string text = "age,city,code\n";
  for (int i = 0; i < 1000; ++i) {
    const std::string age = i < 60 ? "" : i < 70 ? "old" : fmt::format("{}", 20 + 0.04 * i);
    text += fmt::format("{},{},{}\n", age, i < 5 ? "Bern" : i % 3 == 0 ? "Oslo" : "Rome", i < 20 ? 9 : i % 4);
  }
  const CheckedBatch batch = checked(text);
  CHECK(column(batch, "age").missing == Approx(0.06));
  CHECK(column(batch, "age").unfit == Approx(0.01));
  CHECK(column(batch, "city").unseen == Approx(0.005));
  CHECK(column(batch, "city").examples == std::vector<std::string>{"Bern"});
  CHECK(column(batch, "code").unseen == Approx(0.02));
  CHECK(told(batch) ==
        std::vector<std::string>{"drift age", "missing age!", "unfit age!", "unseen city", "unseen code!"});
}

TEST_CASE("columns come and go, but for those that are no features") {
  std::string text = "age,town,id,truth\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("{},Oslo,{},1\n", 20 + 0.04 * i, i);
  CHECK(told(checked(text)) == std::vector<std::string>{"column.gone city!", "column.gone code!", "column.new id",
                                                        "column.new town", "column.new truth"});
  const FeatureRules features{.ignored = {"city", "town"}, .apart = {"id", "truth", "code"}};
  CHECK(told(checked(text, features)).empty());
}

TEST_CASE("the column that joins predictions is no feature, whatever it is called") {
  using domain::parse_policy;
  CHECK(feature_rules(parse_policy("", "mlops.toml"), "churn").ignored == std::vector<std::string>{"id"});
  const std::string text =
      "[model.churn.predictions]\ncommand = [\"true\"]\ndata = \"holdout.csv\"\nid = \"customer\"\n"
      "[model.churn.monitor]\nignore = [\"row\"]\n";
  CHECK(feature_rules(parse_policy(text, "mlops.toml"), "churn").ignored ==
        std::vector<std::string>{"row", "customer"});
}

TEST_CASE("a column of which nothing lies within the reference may number the rows") {
  const CheckedBatch batch = checked(people(1000, 500, 1));
  const auto findings = findings_of(batch);
  const auto found = std::ranges::find(findings, "outside", &MonitorFinding::kind);
  REQUIRE(found != findings.end());
  CHECK(found->what ==
        "100% of `age` lie outside the reference's range; if it numbers the rows, `ignore` leaves it out");
}

TEST_CASE("half of the features make a batch another, and one is a notice") {
  std::string text = "age,city,code\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("{},{},{}\n", 35 + 0.02 * i, i % 3 == 0 ? "Oslo" : "Rome", i % 4);
  CHECK(told(checked(text)) == std::vector<std::string>{"drift age"});
  text = "age,city,code\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("{},Oslo,{}\n", 35 + 0.02 * i, i % 4);
  CHECK(told(checked(text)) == std::vector<std::string>{"drift age", "drift city", "drift!"});
}

TEST_CASE("the gate's conditions are watched, as far as a batch can answer them") {
  const domain::Policy policy = domain::parse_policy(R"(
[gate.production]
metrics = ["accuracy >= 0.9", "auc >= production.auc", "loss <= 3", "f1 == 1"]
predictions = ["recall of yes >= 0.5", "accuracy by region >= 0.8", "auc >= production"]
[gate.staging]
metrics = ["accuracy >= 0.1"]
[model.own.monitor]
metrics = ["auc >= 0.7"]
[model.early.monitor]
stage = "staging"
)",
                                                     "mlops.toml");
  const auto texts = [&](const std::string& model) {
    const WatchedConditions watched = watched_conditions(policy, model);
    std::vector<std::string> all{watched.stage};
    for (const auto& condition : watched.conditions) all.push_back(condition.text);
    return all;
  };
  CHECK(texts("churn") == std::vector<std::string>{"production", "accuracy >= 0.9", "recall of yes >= 0.5"});
  CHECK(texts("own") == std::vector<std::string>{"", "auc >= 0.7"});
  CHECK(texts("early") == std::vector<std::string>{"staging", "accuracy >= 0.1"});
}
