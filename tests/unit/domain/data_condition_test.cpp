#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

bool stage_exists(std::string_view word) { return word == "staging" || word == "production"; }
DataCondition sentence(std::string_view text) { return parse_data_condition(text, stage_exists); }
std::string fault_of(std::string_view text) {
  const std::string message = message_of([&] { sentence(text); });
  const std::size_t column = message.find("column");
  return column == std::string::npos ? message : message.substr(column);
}
std::string proposal_for(std::string_view text) {
  return hint_of([&] { sentence(text); });
}

}  // namespace

TEST_CASE("a condition on data has a figure and a limit") {
  const DataCondition drift = sentence(" drift of train from reference@3 in age, zip code < 0.3 ");
  CHECK(drift.question == DataQuestion::drift);
  CHECK(drift.data.text == "train");
  CHECK(drift.other.value().text == "reference@3");
  CHECK(drift.columns == std::vector<std::string>{"age", "zip code"});
  CHECK(drift.comparison == Comparison::less);
  CHECK(drift.value == 0.3);
  CHECK(drift.text == "drift of train from reference@3 in age, zip code < 0.3");

  const DataCondition shift = sentence("shift of lives in town in train from holdout <= 0.1");
  CHECK(shift.columns == std::vector<std::string>{"lives in town"});
  CHECK(shift.data.text == "train");
  CHECK(shift.other.value().text == "holdout");

  CHECK(sentence("rows of train >= 1000").value == 1000);
  CHECK(sentence("age of train <= 30 days").value == 30.0 * 24 * 3600 * 1000);
  CHECK(sentence("age of train <= 1 week").value == 7.0 * 24 * 3600 * 1000);
  const DataCondition age = sentence("age of train by day of sale < 36 hours");
  CHECK(age.columns == std::vector<std::string>{"day of sale"});
  CHECK(age.value == 36.0 * 3600 * 1000);
}

TEST_CASE("a condition on data is a sentence that holds or does not") {
  const DataCondition schema = sentence("train holds to data/schema.toml");
  CHECK(schema.question == DataQuestion::schema);
  CHECK(schema.schema == "data/schema.toml");

  const DataCondition rows = sentence("train and holdout share no rows");
  CHECK(rows.question == DataQuestion::shared_rows);
  CHECK(rows.data.text == "train");
  CHECK(rows.other.value().text == "holdout");

  const DataCondition classes = sentence("train covers the classes of holdout in has churned");
  CHECK(classes.question == DataQuestion::classes);
  CHECK(classes.columns == std::vector<std::string>{"has churned"});
}

TEST_CASE("data are a role, what a stage's holder was made from, a dataset of the registry, or a file") {
  const auto kind_of = [](std::string_view data) {
    return sentence(std::string{"rows of "} + std::string{data} + " > 0").data.kind;
  };
  CHECK(kind_of("train") == DataName::Kind::role);
  CHECK(kind_of("churn.train") == DataName::Kind::role);
  CHECK(kind_of("team/train@latest") == DataName::Kind::dataset);
  CHECK(kind_of("data/today.csv") == DataName::Kind::file);
  const DataName held = sentence("drift of train from production.train < 0.5").other.value();
  CHECK(held.kind == DataName::Kind::held);
  CHECK(held.stage == "production");
  CHECK(held.role == "train");
}

TEST_CASE("what a condition on data can't mean is told, with the near miss") {
  CHECK(fault_of("drfit of train from reference < 0.3") == "column 1: data have no figure `drfit`");
  CHECK(proposal_for("drfit of train from reference < 0.3") == "did you mean `drift`?");
  CHECK(fault_of("drift of train form reference < 0.3") == "column 16: `form` stands where `from` is expected");
  CHECK(proposal_for("drift of train form reference < 0.3") == "did you mean `from`?");
  CHECK(fault_of("drift of train < 0.3") == "column 15: there is no `from`");
  CHECK(fault_of("drift of train from reference > 0.3") == "column 30: more drift is worse");
  CHECK(fault_of("drift of train from reference == 0.3") == "column 30: a limit of the drift is wanted");
  CHECK(fault_of("drift of train from reference < 30%") == "column 33: `30%` is not a share");
  CHECK(fault_of("drift of train from reference < 3") == "column 33: `3` is not a share from 0 to 1");
  CHECK(fault_of("drift of train from reference in age, age < 0.3") == "column 34: the column `age` is named twice");
  CHECK(fault_of("drift of train from a b < 0.3") == "column 23: `b` stands where `in` is expected");
  CHECK(fault_of("shift of churned from train < 0.3") == "column 10: there is no `in` that says of which data");
  CHECK(fault_of("age of train <= 30") == "column 17: `30` is no span of time");
  CHECK(fault_of("age of train <= 30 dasy") == "column 17: `30 dasy` is no span of time");
  CHECK(proposal_for("age of train <= 30 dasy") == "did you mean `days`?");
  CHECK(fault_of("age of train <= old") == "column 17: `old` is no span of time");
  CHECK(fault_of("rows of train >= many") == "column 18: `many` is no number of rows");
  CHECK(fault_of("rows of train today >= 5") == "column 15: `today` is too much");
  CHECK(fault_of("train hold to schema.toml") == "column 7: nothing is asked of data by the word `hold`");
  CHECK(proposal_for("train hold to schema.toml") == "did you mean `holds`?");
  CHECK(fault_of("train holds to /etc/passwd").starts_with("column 16: "));
  CHECK(fault_of("train holds to ../schema.toml").starts_with("column 16: "));
  CHECK(fault_of("train and holdout share no row") == "column 28: `row` stands where `rows` is expected");
  CHECK(fault_of("train and holdout share no rows at all") == "column 33: `at` is too much");
  CHECK(fault_of("train covers the clases of holdout in y") ==
        "column 18: `clases` stands where `classes` is expected");
  CHECK(fault_of("train covers the classes of holdout") == "column 36: there is no `in`");
  CHECK(fault_of("train and ../x.csv share no rows").starts_with("column 11: "));
  CHECK(fault_of("rows of train@production > 0").starts_with("column 9: "));
  CHECK(fault_of("train") == "column 6: the sentence has no verb");
  CHECK(message_of([] { sentence("  "); }) == "the condition is empty");
}

TEST_CASE("a model's own conditions on data are added to the general ones") {
  const Policy policy = parse_policy(R"toml(
[gate.production]
data = ["rows of train >= 100"]
[model.churn.gate.production]
data = ["rows of train >= 100", "train and holdout share no rows"]
)toml",
                                     "mlops.toml");
  CHECK(policy.gate("other", "production").data.size() == 1);
  CHECK(policy.gate("other", "production").checks.empty());
  CHECK(policy.gate("churn", "production").data.size() == 2);
  CHECK(message_of([] {
          parse_policy("[gate.production]\ndata = [\n  \"rows of train >= 100\",\n  \"row of train >= 100\",\n]\n",
                       "mlops.toml");
        }) ==
        "mlops.toml:4: [gate.production]: can't read the condition `row of train >= 100` at column 1: data have no "
        "figure `row` (did you mean `rows`?)");
}
