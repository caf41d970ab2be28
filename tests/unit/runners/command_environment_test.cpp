#include <catch2/catch.hpp>

#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>

using namespace mlops::runners;
using Variables = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a command gets every fact by its name") {
  CommandFacts facts{.run_id = "12",
                     .model = "risk/churn",
                     .params_file = "/run/params.json",
                     .inputs = {{"train.csv", "/data/train.csv"}, {"test-2", "/data/test 2.csv"}},
                     .outputs = {{"model", "/out/model"}},
                     .metrics_file = "/run/metrics.json",
                     .checkpoint_directory = "/run/checkpoints",
                     .seed = 7};
  CHECK(command_environment(facts) == Variables{{"MLOPS_RUN_ID", "12"},
                                                {"MLOPS_MODEL", "risk/churn"},
                                                {"MLOPS_PARAMS", "/run/params.json"},
                                                {"MLOPS_INPUT_TRAIN_CSV", "/data/train.csv"},
                                                {"MLOPS_INPUT_TEST_2", "/data/test 2.csv"},
                                                {"MLOPS_OUTPUT_MODEL", "/out/model"},
                                                {"MLOPS_METRICS", "/run/metrics.json"},
                                                {"MLOPS_CHECKPOINT_DIR", "/run/checkpoints"},
                                                {"MLOPS_SEED", "7"},
                                                {"PYTHONHASHSEED", "7"}});
}

TEST_CASE("what is not known is not set") {
  CHECK(command_environment({.run_id = "1",
                             .model = {},
                             .params_file = {},
                             .inputs = {},
                             .outputs = {},
                             .metrics_file = {},
                             .checkpoint_directory = {},
                             .seed = {}}) == Variables{{"MLOPS_RUN_ID", "1"}});
}

TEST_CASE("the hash seed stays in the range that Python accepts") {
  CommandFacts facts;
  facts.seed = -1;
  CHECK(command_environment(facts).back().second == "4294967295");
  facts.seed = 4294967296 + 5;
  CHECK(command_environment(facts).back().second == "5");
}

TEST_CASE("a character outside ASCII is one underscore") {
  CommandFacts facts;
  facts.inputs = {{"训练1", "/data/x"}};
  CHECK(command_environment(facts).back().first == "MLOPS_INPUT___1");
}

TEST_CASE("two names for one variable are refused") {
  CommandFacts facts;
  facts.inputs = {{"a-b", "/1"}, {"a_b", "/2"}};
  CHECK_THROWS_WITH(command_environment(facts), Catch::Matchers::Contains("MLOPS_INPUT_A_B"));
}
