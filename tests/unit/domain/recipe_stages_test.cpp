#include <mlops/domain/policy.hpp>

#include <catch2/catch.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

using Names = std::vector<std::string>;

Recipe recipe_of(std::string_view text) { return *parse_policy(text, "mlops.toml").recipe("churn"); }

// Every mistake, one in a line, without the name of the file.
Names mistakes_of(std::string_view text) {
  Names result;
  const auto error = error_of([&] { parse_policy(text, "mlops.toml"); });
  if (!error) return result;
  result.push_back(error->message());
  result.insert(result.end(), error->context().begin(), error->context().end());
  for (std::string& mistake : result) mistake.erase(0, std::string_view{"mlops.toml:"}.size());
  return result;
}

Names names_of(const std::vector<RecipeStage>& stages) {
  Names names;
  for (const RecipeStage& stage : stages) names.push_back(stage.name);
  return names;
}

RecipeStage stage(std::string name, Names needs = {}) {
  RecipeStage stage;
  stage.name = std::move(name);
  stage.needs = std::move(needs);
  return stage;
}

constexpr std::string_view three_stages = R"(
[model.churn.train]
inputs  = { raw = "data/raw.csv", holdout = "data/holdout.csv" }
params  = { lr = 0.1, rows = 100 }
outputs = ["model"]
seed    = 7

[model.churn.train.stage.evaluate]
needs   = ["train"]
command = ["python3", "evaluate.py", "{inputs.model}", "{metrics}"]
inputs  = ["holdout"]
metrics = "metrics.json"

[model.churn.train.stage.train]
command = ["python3", "train.py", "{params.lr}", "{inputs.clean}", "{outputs.model}", "{seed}"]
outputs = { model = "model/" }
code    = ["train.py", "lib/"]

[model.churn.train.stage.prepare]
command = ["python3", "prepare.py", "{inputs.raw}", "{outputs.clean}"]
params  = ["rows"]
outputs = { clean = "work/clean.csv" }
)";

}  // namespace

TEST_CASE("a recipe's stages stand in the order in which they can run") {
  const Recipe recipe = recipe_of(three_stages);
  CHECK(names_of(recipe.stages) == Names{"prepare", "train", "evaluate"});
}

TEST_CASE("a stage uses what its command names and what it lists") {
  const Recipe recipe = recipe_of(three_stages);
  const RecipeStage& prepare = recipe.stages[0];
  CHECK(prepare.inputs == Names{"raw"});
  CHECK(prepare.params == Names{"rows"});
  CHECK(prepare.needs.empty());
  CHECK_FALSE(prepare.code);
  const RecipeStage& train = recipe.stages[1];
  CHECK(train.needs == Names{"prepare"});
  CHECK(train.params == Names{"lr"});
  CHECK(train.inputs.empty());
  CHECK(train.code == Names{"train.py", "lib/"});
  const RecipeStage& evaluate = recipe.stages[2];
  CHECK(evaluate.needs == Names{"train"});
  CHECK(evaluate.inputs == Names{"holdout"});
  CHECK(evaluate.metrics == "metrics.json");
}

TEST_CASE("the version is made of outputs of the stages, and the command is that of their stage") {
  const Recipe recipe = recipe_of(three_stages);
  CHECK(recipe.outputs == std::vector<std::pair<std::string, std::string>>{{"model", "model/"}});
  CHECK(recipe.command == recipe.stages[1].command);
  CHECK_FALSE(recipe.metrics);
}

TEST_CASE("mistakes in stages are named with what would be right") {
  CHECK(
      mistakes_of(R"([model.churn.train]
inputs  = { raw = "raw.csv" }
params  = { lr = 0.1 }
outputs = ["modl"]
command = ["true"]
metrics = "m.json"
[model.churn.train.stage.prepare]
command = ["cp", "{inputs.raw}", "{outputs.clean}"]
outputs = { clean = "clean.csv" }
[model.churn.train.stage.train]
needs   = ["prepar", "train"]
command = ["train", "{inputs.claen}", "{outputs.model}"]
params  = ["rl"]
outputs = { model = "model/", clean = "clean.csv" }
metrics = "model/m.json"
)") ==
      Names{
          "3: [model.churn.train]: no stage uses the param `lr`: name it in the `params` of one, or in its command as "
          "{params.lr}",
          "4: [model.churn.train]: `modl` is no output of a stage, did you mean `model`?",
          "5: [model.churn.train]: with stages, `command` stands in each of them",
          "6: [model.churn.train]: with stages, `metrics` stands in the stage that writes it",
          "11: [model.churn.train.stage.train]: unknown stage `prepar`, did you mean `prepare`?",
          "11: [model.churn.train.stage.train]: the stage `train` can't need itself",
          "12: [model.churn.train.stage.train]: unknown placeholder `{inputs.claen}` in `{inputs.claen}` (did you mean "
          "`{inputs.clean}`?)",
          "13: [model.churn.train.stage.train]: `rl` is no param of the recipe, did you mean `lr`?",
          "14: [model.churn.train.stage.train]: the output `clean` is written by the stage `prepare` already; give it "
          "another name",
          "14: [model.churn.train.stage.train]: the output `clean` (clean.csv) and the output `clean` (clean.csv) "
          "share "
          "a path; each needs a place of its own",
          "15: [model.churn.train.stage.train]: the metrics (model/m.json) and the output `model` (model/) share a "
          "path; each needs a place of its own",
      });
}

TEST_CASE("stages that need each other in a circle are a mistake that names it") {
  CHECK(mistakes_of(R"([model.churn.train]
outputs = ["b"]
[model.churn.train.stage.one]
needs   = ["three"]
command = ["x", "{outputs.a}"]
outputs = { a = "a" }
[model.churn.train.stage.two]
command = ["x", "{inputs.a}", "{outputs.b}"]
outputs = { b = "b" }
[model.churn.train.stage.three]
needs   = ["two"]
command = ["x"]
)") == Names{
           "3: [model.churn.train.stage]: the stages need each other in a circle: one needs three needs two needs one "
           "(one of them must do without)"});
}

TEST_CASE("with stages, outputs are a list of names") {
  CHECK(mistakes_of("[model.churn.train]\noutputs = { model = \"model/\" }\n"
                    "[model.churn.train.stage.train]\ncommand = [\"x\"]\noutputs = { model = \"model/\" }\n") ==
        Names{"2: [model.churn.train]: with stages, `outputs` lists those of theirs that make up the version, such as "
              "[\"model\"]"});
}

TEST_CASE("an output can't be called like an input, nor lie in its place") {
  CHECK(mistakes_of("[model.churn.train]\ninputs = { raw = \"data/\" }\noutputs = [\"raw\"]\n"
                    "[model.churn.train.stage.train]\ncommand = [\"x\", \"{inputs.raw}\"]\n"
                    "outputs = { raw = \"data/x\" }\n") ==
        Names{"6: [model.churn.train.stage.train]: `raw` is an input of the recipe; give the output another name",
              "6: [model.churn.train.stage.train]: the output `raw` (data/x) and the input `raw` (data/) share a path; "
              "each needs a place of its own"});
}

TEST_CASE("the order keeps to that of the file where nothing else is asked") {
  CHECK(names_of(in_order({stage("b"), stage("a"), stage("d", {"c"}), stage("c", {"a"})})) ==
        Names{"b", "a", "c", "d"});
  CHECK(names_of(in_order({stage("a", {"unknown"})})) == Names{"a"});
  CHECK(in_order({}).empty());
}

TEST_CASE("a circle is named without what only leads to it") {
  const auto error = error_of([] { in_order({stage("x", {"a"}), stage("a", {"b"}), stage("b", {"a"})}); });
  REQUIRE(error);
  CHECK(error->message() == "the stages need each other in a circle: a needs b needs a");
}
