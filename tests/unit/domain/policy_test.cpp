#include <mlops/domain/policy.hpp>

#include <catch2/catch.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

Policy parse(std::string_view text) { return parse_policy(text, "mlops.toml"); }

// Every mistake, one in a line, without the name of the file.
std::vector<std::string> mistakes(std::string_view text) {
  std::vector<std::string> result;
  const auto error = error_of([&] { parse(text); });
  if (!error) return result;
  CHECK(error->kind() == ErrorKind::usage);
  result.push_back(error->message());
  result.insert(result.end(), error->context().begin(), error->context().end());
  constexpr std::string_view source = "mlops.toml:";
  for (std::string& mistake : result) {
    REQUIRE(mistake.starts_with(source));
    mistake.erase(0, source.size());
  }
  return result;
}

using Lines = std::vector<std::string>;

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

TEST_CASE("every mistake of recipes and checks is reported with its line") {
  CHECK(mistakes(R"([check.smoke]
command = "python3 smoke.py"
[check.two]
command = ["x", "{fils}"]
timeout = 0
[check."git.clean"]
command = ["x"]
[model.churn.train]
command = ["py", "{params.rl}", "{seed}"]
params = { lr = 1, x = inf, id = 9007199254740993 }
inputs = { a = "../x", b = "/abs", c = "data.csv" }
outputs = { d = "data.csv" }
[model.empty.train]
command = []
outputs = { }
[model.Churn]
[model.churn.v2.train]
)") == Lines{"2: [check.smoke]: `command` must be an array with one string for each argument, such as [\"python3\", "
             "\"smoke.py\"]",
             "4: [check.two]: unknown placeholder `{fils}` in `{fils}` (did you mean `{files}`?)",
             "5: [check.two]: `timeout` must be at least 1, not 0",
             "6: [check.git.clean]: `git.clean` is a built-in check, choose another name",
             "9: [model.churn.train]: unknown placeholder `{params.rl}` in `{params.rl}` (did you mean `{params.lr}`?)",
             "9: [model.churn.train]: unknown placeholder `{seed}` in `{seed}` (placeholders here: {inputs.c}, "
             "{outputs.d}, {params.lr})",
             "10: [model.churn.train]: `params.x` must be a finite number, a string, true or false",
             "10: [model.churn.train]: `params.id` is too large for a JSON number, write it as a string: "
             "\"9007199254740993\"",
             "11: [model.churn.train]: `../x` can't be a path in the project: it has a `..` part, which leads outside",
             "11: [model.churn.train]: `/abs` can't be a path in the project: it is absolute",
             "12: [model.churn.train]: the path `data.csv` of the output `d` is used twice",
             "14: [model.empty.train]: `command` is empty",
             "15: [model.empty.train]: `outputs` needs at least one output, such as { model = \"model/\" }",
             "16: [model.Churn]: `Churn` can't be the name of a model: it has the upper-case letter `C` (did you mean "
             "`churn`?)",
             "17: [model.churn]: unknown key `v2`; a name with a dot is quoted: [model.\"churn.v2\"]"});
}

TEST_CASE("how a training is run is read") {
  const Policy policy = parse(R"(
[model.churn.train]
command   = ["true"]
outputs   = { model = "model/" }
tolerance = { auc = 0.001, "test.f1" = 1 }
timeout   = 3600
retry     = { exit_codes = [75, 137], times = 2 }
resources = { cpu = 1.5, memory = "8 GiB", gpu = 1 }

[model.churn.train.env]
lock      = "uv.lock"
setup     = ["uv", "sync", "--locked"]
variables = ["CUDA_VISIBLE_DEVICES"]
secrets   = ["WANDB_API_KEY"]
)");
  const Recipe& recipe = *policy.recipe("churn");
  CHECK(recipe.tolerance == std::map<std::string, double>{{"auc", 0.001}, {"test.f1", 1}});
  CHECK(recipe.conduct.timeout_seconds == 3600);
  CHECK(recipe.conduct.retry == Retry{.exit_codes = {75, 137}, .times = 2});
  CHECK(recipe.conduct.needs == ResourceNeed{.cpus = 1.5, .memory_bytes = std::uint64_t{8} << 30, .gpus = 1});
  CHECK(recipe.conduct.environment.lock == "uv.lock");
  CHECK(recipe.conduct.environment.setup == Lines{"uv", "sync", "--locked"});
  CHECK(recipe.conduct.environment.variables == Lines{"CUDA_VISIBLE_DEVICES"});
  CHECK(recipe.conduct.environment.secrets == Lines{"WANDB_API_KEY"});
}

TEST_CASE("every mistake in how a training is run is reported with its line") {
  CHECK(mistakes(R"([model.churn.train]
command   = ["true"]
outputs   = { model = "model/" }
tolerance = { auc = -1 }
timeout   = 0
retry     = { exit_codes = [0, 256], times = 2 }
resources = { cpu = 0, memory = "8 Gigs", gpus = 1 }
[model.churn.train.env]
setup     = []
variables = ["A=B", "MLOPS_SEED", "TOKEN"]
secrets   = ["TOKEN"]
)") == Lines{"4: [model.churn.train]: `tolerance.auc` must be a number from 0: how far the metric may be off",
             "5: [model.churn.train]: `timeout` must be at least 1, not 0",
             "6: [model.churn.train.retry]: `exit_codes` holds whole numbers from 1 to 255 (128 + N for signal N)",
             "6: [model.churn.train.retry]: `exit_codes` holds whole numbers from 1 to 255 (128 + N for signal N)",
             "7: [model.churn.train.resources]: unknown key `gpus`, did you mean `gpu`?",
             "7: [model.churn.train.resources]: `cpu` is a number of cores above 0",
             "7: [model.churn.train.resources]: `memory` can't be `8 Gigs`: write it like \"8 GiB\" or \"500 MB\"",
             "9: [model.churn.train.env]: `setup` is empty: it is a command, such as [\"uv\", \"sync\", \"--locked\"]",
             "10: [model.churn.train.env]: `A=B` can't be the name of an environment variable",
             "10: [model.churn.train.env]: `MLOPS_SEED` is set by mlops itself",
             "11: [model.churn.train.env]: `TOKEN` can't be a secret and a recorded variable"});
}

TEST_CASE("a param may say what it may be, and a recipe what is best") {
  const Policy policy = parse_policy(R"([model.churn.train]
command = ["py", "{params.lr}"]
outputs = { model = "model/" }
best = { auc = "max" }
objective = "auc:max"
[model.churn.train.params]
lr = { default = 0.1, min = 0.001, max = 1, log = true }
depth = { default = 3, min = 1, max = 10 }
kernel = { default = "rbf", choices = ["rbf", "linear"] }
share = { default = 1, type = "number" }
seed = 4
)",
                                     "mlops.toml");
  const Recipe* recipe = policy.recipe("churn");
  REQUIRE(recipe != nullptr);
  CHECK(recipe->params == Params{{"lr", 0.1}, {"depth", 3}, {"kernel", "rbf"}, {"share", 1}, {"seed", 4}});
  CHECK(recipe->param_rules.size() == 4);
  CHECK(recipe->param_rules.at("lr").text() == "a number from 0.001 to 1");
  CHECK(recipe->param_rules.at("lr").logarithmic);
  CHECK(recipe->param_rules.at("depth").text() == "an integer from 1 to 10");
  CHECK(recipe->param_rules.at("kernel").text() == "one of rbf, linear");
  CHECK(recipe->param_rules.at("share").admits(Json{0.5}));
  CHECK_FALSE(recipe->param_rules.at("depth").admits(Json{2.5}));
  CHECK(recipe->best == BestOf{{"auc", Goal::maximum}});
  CHECK(recipe->objective == Objective{"auc", Goal::maximum});
}

TEST_CASE("every mistake in what a param may be is reported") {
  CHECK(mistakes(R"([model.churn.train]
command = ["py"]
outputs = { m = "m" }
best = { auc = "most" }
objective = "auc"
[model.churn.train.params]
a = { min = 1 }
b = { default = 5, max = 4 }
c = { default = 1, min = 3, max = 2 }
d = { default = "x", min = 1 }
e = { default = 1, log = true }
f = { default = 1, choices = [] }
g = { default = 1, typo = 1 }
h = { default = 1, type = "float" }
i = { default = [1] }
)") == Lines{"4: [model.churn.train]: `most` is neither `max` nor `min`",
             "5: [model.churn.train]: `auc` does not say whether more is better (`auc:max` looks for the largest, "
             "`auc:min` for the smallest)",
             "7: [model.churn.train.params.a]: `default` is missing",
             "8: [model.churn.train.params.b]: `default` must be an integer not above 4",
             "9: [model.churn.train.params.c]: `max` is below `min`",
             "9: [model.churn.train.params.c]: `default` must be an integer from 3 to 2",
             "10: [model.churn.train.params.d]: only an integer or a number has a range",
             "11: [model.churn.train.params.e]: `log` needs a `min` above 0",
             "12: [model.churn.train.params.f]: `choices` must be an array with at least one value",
             "13: [model.churn.train.params.g]: unknown key `typo`, did you mean `type`?",
             "14: [model.churn.train.params.h]: `type` is `integer`, `number`, `text` or `boolean`, not `float`",
             "15: [model.churn.train.params.i]: `default` must be a finite number, a string, true or false"});
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
