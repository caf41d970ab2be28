#include <mlops/domain/policy.hpp>

#include <catch2/catch.hpp>

#include "unit/domain/errors.hpp"
#include "unit/domain/policy_mistakes.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

using Lines = std::vector<std::string>;

Policy parse(std::string_view text) { return parse_policy(text, "mlops.toml"); }

constexpr std::string_view complete = R"(
[stages]
order = ["canary", "production"]

[check.smoke]
command = ["python3", "smoke.py", "{files}"]
timeout = 60

[gate.canary]
checks = ["artifacts.intact", "git.clean"]

[gate.production]
after          = "canary"
checks         = ["smoke"]
metrics        = ["accuracy >= 0.92", "auc >= production.auc - 0.005"]
approvals      = 1
required       = ["message", "tag.owner"]
reachable_from = "main"

[model."team/churn"]
description = "Customers likely to leave"

[model."team/churn".train]
command = ["python3", "train.py", "--lr", "{params.lr}", "{inputs.train}", "{outputs.model}", "{seed}", "{metrics}", "{{}}"]
inputs  = { train = "data/train.csv" }
params  = { lr = 0.1, depth = 3, mode = "fast", early = true }
outputs = { model = "model/" }
metrics = "metrics.json"
seed    = 7

[model."team/churn".gate.production]
checks        = ["smoke", "git.clean"]
metrics       = ["recall >= 0.80", "accuracy >= 0.92"]
approvals     = 2
self_approval = false
required      = ["semver", "message"]
)";

}  // namespace

TEST_CASE("a complete policy is read") {
  const Policy policy = parse(complete);
  CHECK(policy.stages == Lines{"canary", "production"});
  CHECK(policy.checks.at("smoke").command == Lines{"python3", "smoke.py", "{files}"});
  CHECK(policy.checks.at("smoke").timeout_seconds == 60);
  CHECK(policy.models.at("team/churn").description == "Customers likely to leave");

  const Recipe* recipe = policy.recipe("team/churn");
  REQUIRE(recipe != nullptr);
  CHECK(recipe->command.size() == 9);
  CHECK(recipe->inputs.front() == std::pair<std::string, std::string>{"train", "data/train.csv"});
  CHECK(recipe->outputs.front().second == "model/");
  CHECK(recipe->params == Params{{"lr", Json{0.1}}, {"depth", Json{3}}, {"mode", Json{"fast"}}, {"early", Json{true}}});
  CHECK(recipe->metrics == "metrics.json");
  CHECK(recipe->seed == 7);
  CHECK(policy.recipe("other") == nullptr);
}

TEST_CASE("a model's gate adds to the general gate and loosens nothing") {
  const Policy policy = parse(complete);
  const Gate general = policy.gate("other", "production");
  CHECK(general.checks == Lines{"smoke"});
  CHECK(general.approvals == 1);
  CHECK(general.self_approval);
  CHECK(general.after == "canary");
  CHECK(general.reachable_from == "main");

  const Gate own = policy.gate("team/churn", "production");
  CHECK(own.checks == Lines{"smoke", "git.clean"});
  REQUIRE(own.metrics.size() == 3);
  CHECK(own.metrics.back().text == "recall >= 0.80");
  CHECK(own.after == "canary");
  CHECK(own.approvals == 2);
  CHECK_FALSE(own.self_approval);
  CHECK(own.required == Lines{"message", "tag.owner", "semver"});
}

TEST_CASE("a model's gate can't be softer than the general one") {
  const Policy policy = parse(
      "[gate.production]\napprovals = 2\nself_approval = false\n"
      "[model.churn.gate.production]\napprovals = 0\nself_approval = true\n");
  CHECK(policy.gate("churn", "production").approvals == 2);
  CHECK_FALSE(policy.gate("churn", "production").self_approval);
}

TEST_CASE("a gate that asks nothing asks for intact artifacts") {
  CHECK(Policy{}.gate("churn", "production").checks == Lines{"artifacts.intact"});
  CHECK(Policy{}.gate("churn", "production").stage == "production");
  CHECK(parse("[gate.production]\n").gate("churn", "production").checks == Lines{"artifacts.intact"});
  CHECK(parse("[gate.production]\napprovals = 1").gate("churn", "production").checks.empty());
  CHECK(parse("").stages == Lines{"staging", "production"});
}

TEST_CASE("every mistake of a policy is reported with its line") {
  CHECK(mistakes(R"([stages]
order = ["staging", "production", "Prod"]
ordr = 1
[gate.prodction]
checks = ["git.clen", 7]
[gate.production]
metrics = ["acc >> 1",
           "auc >= prodution.auc"]
after = "stagin"
approvals = -1
aprovals = 2
required = ["mesage", "tag."]
[gates]
)") == Lines{
           "2: [stages]: `Prod` can't be the name of a stage: it has the upper-case letter `P` (did you mean `prod`?)",
           "3: [stages]: unknown key `ordr`, did you mean `order`?",
           "4: [gate.prodction]: unknown stage `prodction`, did you mean `production`?",
           "5: [gate.prodction]: `checks` must hold strings only, not integer",
           "5: [gate.prodction]: unknown check `git.clen`, did you mean `git.clean`?",
           "7: [gate.production]: can't read the condition `acc >> 1` at column 5: `>>` is not an operator (did you "
           "mean `>`?)",
           "8: [gate.production]: can't read the condition `auc >= prodution.auc` at column 8: `prodution` is not a "
           "stage, "
           "did you mean `production`?",
           "9: [gate.production]: `after` names the unknown stage `stagin`, did you mean `staging`?",
           "10: [gate.production]: `approvals` must be at least 0, not -1",
           "11: [gate.production]: unknown key `aprovals`, did you mean `approvals`?",
           "12: [gate.production]: `mesage` can't be required, did you mean `message`?",
           "12: [gate.production]: the name of the tag is empty",
           "13: the file: unknown key `gates`, did you mean `gate`?"});
}

TEST_CASE("values of another type than expected are mistakes, not crashes") {
  for (const std::string text : {"stages = 1",
                                 "[stages]\norder = 1",
                                 "[stages]\norder = [1]",
                                 "[stages]\norder = []",
                                 "[stages]\norder = [\"a\", \"a\"]",
                                 "gate = []",
                                 "[gate]\nproduction = 1",
                                 "[gate.production]\nchecks = 1",
                                 "[gate.production]\nmetrics = \"a > 1\"",
                                 "[gate.production]\nafter = 1",
                                 "[gate.production]\napprovals = 1.5",
                                 "[gate.production]\nself_approval = 1",
                                 "[gate.production]\nreachable_from = \"--upload-pack=x\"",
                                 "[gate.production]\nreachable_from = \"a..b\"",
                                 "[gate.production]\nchecks = [\"git.clean\", \"git.clean\"]",
                                 "check = 1",
                                 "[check]\nx = 1",
                                 "[check.x]",
                                 "[check.x]\ncommand = [\"\"]",
                                 "[check.x]\ncommand = [1]",
                                 "[check.x]\ncommand = [\"x\"]\ntimeout = \"60\"",
                                 "model = 1",
                                 "[model]\nx = 1",
                                 "[model.x]\ndescription = 1",
                                 "[model.x]\ntrain = 1",
                                 "[model.x.train]",
                                 "[model.x]\ngate = 1",
                                 "[model.x.gate.nowhere]",
                                 "[model.x.train]\ncommand = [\"x\"]\noutputs = { m = 1 }",
                                 "[model.x.train]\ncommand = [\"x\"]\noutputs = { \"a b\" = \"m\" }",
                                 "[model.x.train]\ncommand = [\"x\"]\noutputs = { m = \"m\" }\nseed = -1",
                                 "[model.x.train]\ncommand = [\"x\"]\noutputs = { m = \"m\" }\nparams = { x = [1] }"}) {
    INFO(text);
    CHECK(mistakes(text).size() >= 1);
  }
}

TEST_CASE("stages that wait for each other are a mistake") {
  CHECK(mistakes("[gate.staging]\nafter = \"production\"\n[gate.production]\nafter = \"staging\"\n") ==
        Lines{"1: [gate]: no version could ever enter these stages, `after` goes in a circle: staging after production "
              "after staging"});
  CHECK(mistakes("[gate.production]\nafter = \"production\"\n").size() == 1);
  CHECK(
      mistakes("[gate.production]\nafter = \"staging\"\n[model.churn.gate.staging]\nafter = \"production\"\n").size() ==
      1);
  CHECK(mistakes("[gate.staging]\nafter = \"staging\"\n[gate.production]\nafter = \"staging\"\n").size() == 1);
  CHECK(mistakes("[gate.production]\nafter = \"staging\"\n").empty());
}

TEST_CASE("broken TOML is refused with line and column") {
  const std::string message = message_of([] { parse("[gate.production]\nchecks = [\"a\"\nafter = 1"); });
  CHECK(message.starts_with("mlops.toml:3:"));
}

TEST_CASE("the starter policy is in order, and so is its commented example") {
  const Policy policy = parse(starter_policy());
  CHECK(policy.stages == Lines{"staging", "production"});
  CHECK(policy.gate("churn", "staging").checks == Lines{"artifacts.intact"});
  CHECK(policy.gate("churn", "production").after == "staging");
  CHECK(policy.models.empty());

  std::string uncommented;
  std::string_view rest = starter_policy();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    std::string line{rest.substr(0, end + 1)};
    const std::string key = line.substr(std::min<std::size_t>(2, line.size()), line.find(" = ") - 2);
    const bool is_setting = line.starts_with("# ") && line.find(" = ") != std::string::npos &&
                            key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_ ") == std::string::npos;
    const bool is_example = line.starts_with("# [") || is_setting;
    uncommented += is_example ? line.substr(2) : line;
    rest.remove_prefix(end + 1);
  }
  const Policy example = parse(uncommented);
  CHECK(example.recipe("churn") != nullptr);
  CHECK(example.checks.contains("smoke"));
  CHECK(example.gate("churn", "production").approvals == 1);
  CHECK(example.gate("churn", "production").metrics.back().text == "recall >= 0.80");
}

TEST_CASE("placeholders are replaced, double braces stand for braces") {
  const std::map<std::string, std::string> values = {
      {"params.lr", "0.1"}, {"inputs.train", "data/{x}.csv"}, {"seed", ""}};
  CHECK(expand_command({"--lr={params.lr}", "{inputs.train}", "{{\"a\": {params.lr}}}", "{seed}", ""}, values) ==
        Lines{"--lr=0.1", "data/{x}.csv", "{\"a\": 0.1}", "", ""});
}

TEST_CASE("an unknown placeholder is refused with the near miss") {
  const std::map<std::string, std::string> values = {{"params.lr", "0.1"}};
  CHECK(message_of([&] { expand_command({"{param.lr}"}, values); }) ==
        "unknown placeholder `{param.lr}` in `{param.lr}`");
  CHECK(hint_of([&] { expand_command({"{param.lr}"}, values); }) == "did you mean `{params.lr}`?");
  CHECK(message_of([&] { expand_command({"{params.lr"}, values); }) == "a single `{` in `{params.lr`");
  CHECK(message_of([&] { expand_command({"a}"}, values); }) == "a single `}` in `a}`");
  CHECK_THROWS_AS(expand_command({"{}"}, values), Error);
}

TEST_CASE("no spoiled policy does worse than be refused") {
  const std::string good{complete};
  for (std::size_t i = 0; i < good.size(); ++i) {
    const auto cut = error_of([&] { parse(good.substr(0, i)); });
    if (cut) REQUIRE(cut->kind() == ErrorKind::usage);
    for (const char c : {'\0', '\xff', '"', ']', '{', '\n'}) {
      std::string spoiled = good;
      spoiled[i] = c;
      const auto error = error_of([&] { parse(spoiled); });
      if (error) REQUIRE(error->kind() == ErrorKind::usage);
    }
  }
}
