// How a policy says what is run: recipes, their params, and checks.
#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>

#include "unit/domain/errors.hpp"
#include "unit/domain/policy_mistakes.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

using Lines = std::vector<std::string>;

}  // namespace

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
  const Policy policy = parse_policy(R"(
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
)",
                                     "mlops.toml");
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
