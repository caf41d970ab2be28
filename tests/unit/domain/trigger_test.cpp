#include <mlops/domain/trigger.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

using namespace mlops;
using namespace mlops::domain;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t hour = 3600 * std::int64_t{1000};
constexpr std::int64_t day = 24 * hour;
constexpr Timestamp now{1000 * day};

std::string mistake_in(const std::string& text) {
  try {
    parse_trigger(text);
  } catch (const Error& error) {
    return error.message() + "\n" + join(error.hints(), "\n");
  }
  return "";
}

RetrainRules rules_of(std::vector<std::string> texts) {
  RetrainRules rules;
  for (const std::string& text : texts) rules.when.push_back(parse_trigger(text));
  return rules;
}

TriggerFacts facts_of(const std::vector<double>& newest_first, std::int64_t newest_batch = 10) {
  TriggerFacts facts;
  facts.now = now;
  facts.version = {"churn", 3};
  facts.registered_at = Timestamp{now.milliseconds - 10 * day};
  for (const double value : newest_first) {
    BatchFacts batch;
    batch.batch = newest_batch--;
    batch.version = facts.version;
    batch.figures = {{"drift.psi", value}};
    facts.batches.push_back(batch);
  }
  return facts;
}

Firing firing_at(std::int64_t milliseconds, std::int64_t last_batch = 0) {
  Firing firing;
  firing.version = {"churn", 3};
  firing.last_batch = last_batch;
  firing.at = Timestamp{milliseconds};
  firing.outcome = FiringOutcome::refused;
  return firing;
}

}  // namespace

TEST_CASE("triggers are read") {
  const Trigger figure = parse_trigger(" drift.psi > 0.2 for 3 batches ");
  CHECK(figure.kind == Trigger::Kind::figure);
  CHECK(figure.subject == "drift.psi");
  CHECK(figure.comparison == Comparison::greater);
  CHECK(figure.value == 0.2);
  CHECK(figure.batches == 3);
  CHECK(figure.text == "drift.psi > 0.2 for 3 batches");
  CHECK(parse_trigger("metrics.auc < 0.9").batches == 1);
  CHECK(parse_trigger("drift.age.wasserstein>=0.1 for 1 batch").subject == "drift.age.wasserstein");
  CHECK(parse_trigger("missing.income > 0").subject == "missing.income");
  CHECK(parse_trigger("estimate.accuracy <= 1e-1").value == 0.1);
  CHECK(parse_trigger("age > 30d").age_ms == 30 * day);
  const Trigger data = parse_trigger("dataset.train changed");
  CHECK(data.kind == Trigger::Kind::data);
  CHECK(data.subject == "train");
}

TEST_CASE("what is no trigger is told apart") {
  CHECK_THAT(mistake_in("drfit.psi > 0.2"), Contains("did you mean `drift`?"));
  CHECK_THAT(mistake_in("drift.pis > 0.2"), Contains("did you mean `drift.psi`?"));
  CHECK_THAT(mistake_in("drift.age.pis > 0.2"), Contains("did you mean `drift.age.psi`?"));
  CHECK_THAT(mistake_in("drift > 0.2"), Contains("needs a name after a dot"));
  CHECK_THAT(mistake_in("auc < 0.9"), Contains("`auc` is unknown") && Contains("metrics.NAME"));
  CHECK_THAT(mistake_in("age > 30"), Contains("`30` is no span of time"));
  CHECK_THAT(mistake_in("age < 30d"), Contains("an age is due above"));
  CHECK_THAT(mistake_in("age >"), Contains("there is no value after the operator"));
  CHECK_THAT(mistake_in("drift.psi => 0.2"), Contains(">="));
  CHECK_THAT(mistake_in("drift.psi > much"), Contains("`much` is not a number"));
  CHECK_THAT(mistake_in("drift.psi > 0.2 for 0 batches"), Contains("only `for N batches` may stand"));
  CHECK_THAT(mistake_in("drift.psi > 0.2 for 3 weeks"), Contains("only `for N batches` may stand"));
  CHECK_THAT(mistake_in("drift.psi > 0.2 for 99999999999999999999 batches"), Contains("only `for N batches`"));
  CHECK_THAT(mistake_in("dataset changed"), Contains("named by its role"));
  CHECK_THAT(mistake_in("dataset.train grew"), Contains("`changed`"));
  CHECK_THAT(mistake_in("train changed"), Contains("only a dataset is `changed`"));
  CHECK_THAT(mistake_in("drift.psi"), Contains("there is no operator"));
  CHECK_THAT(mistake_in(""), Contains("it is empty"));
}

TEST_CASE("a figure is due when it holds for the newest batches, all of them") {
  const RetrainRules rules = rules_of({"drift.psi > 0.2 for 3 batches"});
  const TriggerAnswer due = judge(rules, facts_of({0.3, 0.4, 0.25}));
  CHECK(due.standing == TriggerStanding::due);
  CHECK(due.findings[0].found == "0.3, 0.4, 0.25");
  CHECK(due.findings[0].batches == std::vector<std::int64_t>{10, 9, 8});
  CHECK(judge(rules, facts_of({0.3, 0.4})).standing == TriggerStanding::quiet);
  CHECK(judge(rules, facts_of({0.1, 0.4, 0.3})).standing == TriggerStanding::quiet);
  CHECK(judge(rules, facts_of({0.3, 0.4, 0.1})).standing == TriggerStanding::quiet);
  TriggerFacts gap = facts_of({0.3, 0.4, 0.25});
  gap.batches[1].figures.clear();
  CHECK(judge(rules, gap).standing == TriggerStanding::quiet);
}

TEST_CASE("what a firing has seen makes nothing due again") {
  RetrainRules rules = rules_of({"drift.psi > 0.2 for 2 batches"});
  TriggerFacts facts = facts_of({0.3, 0.4});
  facts.firings = {firing_at(now.milliseconds - 2 * day, 10)};
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
  facts.firings[0].last_batch = 9;
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
  facts.firings[0].last_batch = 8;
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
}

TEST_CASE("an age counts from the last firing about the same version") {
  const RetrainRules rules = rules_of({"age > 9d"});
  TriggerFacts facts = facts_of({});
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
  CHECK(judge(rules, facts).findings[0].found == "10 days since it was registered");
  facts.firings = {firing_at(now.milliseconds - 3 * day)};
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
  CHECK(judge(rules, facts).findings[0].found == "3 days since the last firing");
  facts.firings[0].version = {"churn", 2};
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
  facts.registered_at = Timestamp{now.milliseconds + day};
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
}

TEST_CASE("changed data is due once") {
  const RetrainRules rules = rules_of({"dataset.train changed"});
  TriggerFacts facts = facts_of({});
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
  facts.data["train"] = {.used = "train@1", .newest = "train@1", .digest = "a", .changed = false};
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
  facts.data["train"] = {.used = "train@1", .newest = "train@2", .digest = "b", .changed = true};
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
  facts.firings = {firing_at(now.milliseconds - 2 * day)};
  facts.firings[0].data["train"] = "b";
  CHECK(judge(rules, facts).standing == TriggerStanding::quiet);
  CHECK_THAT(judge(rules, facts).findings[0].found, Contains("seen before"));
  facts.data["train"].digest = "c";
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
}

TEST_CASE("trainings keep a distance, and come so often a week") {
  RetrainRules rules = rules_of({"drift.psi > 0.2"});
  rules.cooldown_ms = day;
  rules.max_per_week = 2;
  TriggerFacts facts = facts_of({0.3});
  facts.firings = {firing_at(now.milliseconds - 23 * hour)};
  TriggerAnswer answer = judge(rules, facts);
  CHECK(answer.standing == TriggerStanding::cooling_down);
  CHECK(answer.until == Timestamp{now.milliseconds + hour});
  facts.firings = {firing_at(now.milliseconds - day)};
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
  facts.firings.push_back(firing_at(now.milliseconds - 6 * day));
  answer = judge(rules, facts);
  CHECK(answer.standing == TriggerStanding::limited);
  CHECK(answer.until == Timestamp{now.milliseconds + day});
  facts.firings[1].at = Timestamp{now.milliseconds - 7 * day};
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
}

TEST_CASE("firings of the future hold nothing up for ever") {
  RetrainRules rules = rules_of({"drift.psi > 0.2"});
  rules.max_per_week = 1;
  TriggerFacts facts = facts_of({0.3});
  facts.firings = {firing_at(now.milliseconds + hour)};
  CHECK(judge(rules, facts).standing == TriggerStanding::cooling_down);
  facts.firings = {firing_at(now.milliseconds + 2 * day)};
  CHECK(judge(rules, facts).standing == TriggerStanding::limited);
  facts.firings = {firing_at(now.milliseconds + 700 * day)};
  CHECK(judge(rules, facts).standing == TriggerStanding::due);
}

TEST_CASE("one of several triggers is enough, and the cause names those that are due") {
  const RetrainRules rules = rules_of({"drift.psi > 0.2", "age > 90d"});
  const TriggerAnswer answer = judge(rules, facts_of({0.3}));
  CHECK(answer.standing == TriggerStanding::due);
  CHECK(cause_text(answer.findings) == "drift.psi > 0.2 (0.3)");
}

TEST_CASE("[model.NAME.retrain] is read and checked") {
  const std::string recipe =
      "[model.churn.train]\ncommand = [\"true\"]\ninputs = { train = \"t.csv\" }\noutputs = { m = \"m\" }\n";
  const auto read = [&](const std::string& text) -> std::string {
    try {
      parse_policy(recipe + "[model.churn.retrain]\n" + text, "mlops.toml");
    } catch (const Error& error) {
      return error.message() + "\n" + join(error.context(), "\n");
    }
    return "";
  };
  const Policy policy =
      parse_policy(recipe +
                       "[model.churn.retrain]\nwhen = [\"age > 30d\", \"dataset.train changed\"]\ncooldown = \"12h\"\n"
                       "max_per_week = 2\npromote = \"staging\"\n",
                   "mlops.toml");
  const RetrainRules& rules = *policy.models.at("churn").retrain;
  CHECK(rules.when.size() == 2);
  CHECK(rules.cooldown_ms == 12 * hour);
  CHECK(rules.max_per_week == 2);
  CHECK(rules.promote == "staging");
  CHECK_THAT(read(""), Contains("`when` is needed"));
  CHECK_THAT(read("when = []\n"), Contains("`when` is needed"));
  CHECK_THAT(read("when = [\"drift.pis > 1\"]\n"), Contains("did you mean `drift.psi`?"));
  CHECK_THAT(read("when = [\"dataset.trian changed\"]\n"), Contains("no input `trian`, did you mean `train`?"));
  CHECK_THAT(read("when = [\"age > 1d\"]\ncooldown = \"soon\"\n"), Contains("`soon` of `cooldown` is no span of time"));
  CHECK_THAT(read("when = [\"age > 1d\"]\nmax_per_week = 0\n"), Contains("max_per_week"));
  CHECK_THAT(read("when = [\"age > 1d\"]\npromote = \"stagign\"\n"), Contains("did you mean `staging`?"));
  CHECK_THAT(read("when = [\"age > 1d\"]\ncoldown = \"1d\"\n"), Contains("did you mean `cooldown`?"));
  CHECK_THROWS_AS(parse_policy("[model.churn.retrain]\nwhen = [\"age > 1d\"]\n", "mlops.toml"), Error);
}
