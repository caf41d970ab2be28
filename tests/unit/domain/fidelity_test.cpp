#include <mlops/domain/fidelity.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/execution.hpp>

using namespace mlops;
using namespace mlops::domain;

namespace {

FileEntry file(const std::string& path, std::string_view content) {
  return {.path = path, .digest = sha256(content), .size = content.size(), .executable = false};
}

Run training() {
  Run run;
  run.command = {"python3", "train.py", "--lr", "0.1"};
  run.params = {{"lr", Json{0.1}}};
  run.seed = 7;
  run.git =
      GitState{.commit = std::string(40, 'a'), .branch = "main", .remote = {}, .path = "", .dirty = false, .diff = {}};
  run.inputs = {{.role = "train", .dataset = "churn.train", .number = 1, .digest = sha256(std::string_view{"rows"})}};
  run.outputs = {{.name = "model", .path = "model/", .files = {file("weights", "w"), file("card", "c")}}};
  run.metrics = {{"auc", 0.95}};
  run.environment = Json::object({{"os", "Debian 12"},
                                  {"kernel", "Linux 6.1"},
                                  {"cpu", "a CPU"},
                                  {"interpreter", Json::object({{"path", "/usr/bin/python3"}, {"version", "3.11.2"}})},
                                  {"packages", Json::object({{"numpy", "1.24.2"}, {"scikit-learn", "1.2.1"}})}});
  return run;
}

std::vector<std::string> differences(const Fidelity& fidelity) {
  std::vector<std::string> texts;
  for (const Difference& difference : fidelity.differences) {
    texts.push_back(std::string{name_of(difference.kind)} + " " + difference.name + ": " + difference.before + " -> " +
                    difference.after);
  }
  return texts;
}

void replace_weights(Run& run) { run.outputs[0].files[0].digest = sha256(std::string_view{"others"}); }

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the same bits from the same recipe, code and data are F4") {
  const Fidelity fidelity = compare_runs(training(), training(), {});
  CHECK(fidelity.grade() == 4);
  CHECK(fidelity.identical());
  CHECK(fidelity.reproduced());
  CHECK(fidelity.differences.empty());
  CHECK(fidelity.files == 2);
}

TEST_CASE("other bits although nothing recorded differs are F3, and every such file is named") {
  Run again = training();
  replace_weights(again);
  const Fidelity fidelity = compare_runs(training(), again, {});
  CHECK(fidelity.grade() == 3);
  CHECK(fidelity.different_files == Texts{"model/weights"});
  CHECK(fidelity.reproduced());  // its metrics are the same
  again.metrics["auc"] = 0.951;
  CHECK_FALSE(compare_runs(training(), again, {}).reproduced());
}

TEST_CASE("a metric may be off by its tolerance, and not by more") {
  Run again = training();
  replace_weights(again);
  again.metrics["auc"] = 0.951;
  CHECK(compare_runs(training(), again, {{"auc", 0.001}}).reproduced());
  CHECK_FALSE(compare_runs(training(), again, {{"auc", 0.0009}}).reproduced());
  again.metrics.erase("auc");
  CHECK_FALSE(compare_runs(training(), again, {{"auc", 1}}).reproduced());
}

TEST_CASE("hardware lowers the grade to F2, the environment to F1, unless the bits are the same") {
  Run again = training();
  replace_weights(again);
  again.environment.set("cpu", "another CPU");
  Fidelity fidelity = compare_runs(training(), again, {});
  CHECK(fidelity.grade() == 2);
  CHECK(differences(fidelity) == Texts{"hardware cpu: a CPU -> another CPU"});

  again.environment.set("packages", Json::object({{"numpy", "1.24.2"}, {"scikit-learn", "1.3.0"}, {"extra", "1"}}));
  fidelity = compare_runs(training(), again, {});
  CHECK(fidelity.grade() == 1);
  CHECK(differences(fidelity) == Texts{"environment extra:  -> 1", "environment scikit-learn: 1.2.1 -> 1.3.0",
                                       "hardware cpu: a CPU -> another CPU"});

  again.outputs = training().outputs;
  CHECK(compare_runs(training(), again, {}).grade() == 4);
}

TEST_CASE("where the interpreter stands is no difference") {
  Run again = training();
  again.environment.set("interpreter", Json::object({{"path", "/tmp/env/bin/python3"}, {"version", "3.11.2"}}));
  CHECK(compare_runs(training(), again, {}).differences.empty());
}

TEST_CASE("other code or data is F0 at most, also with the same bits") {
  Run again = training();
  again.inputs[0].number = 2;
  CHECK(compare_runs(training(), again, {}).grade() == 4);  // the same bytes under another number
  again.inputs[0].digest = sha256(std::string_view{"other rows"});
  Fidelity fidelity = compare_runs(training(), again, {});
  CHECK(fidelity.grade() == 0);
  REQUIRE(fidelity.differences.size() == 1);
  CHECK(fidelity.differences[0].kind == DifferenceKind::data);
  CHECK(fidelity.differences[0].name == "train");

  again = training();
  again.git->commit = std::string(40, 'b');
  CHECK(compare_runs(training(), again, {}).grade() == 0);
}

TEST_CASE("changes that were not recorded can't have been made again") {
  Run before = training();
  before.git->dirty = true;
  const Fidelity fidelity = compare_runs(before, before, {});
  CHECK(differences(fidelity) == Texts{"code uncommitted changes: not recorded -> "});
  CHECK(fidelity.grade() == 0);
}

TEST_CASE("another seed or param is not the same recipe, and is told once") {
  Run again = training();
  again.seed = 8;
  again.params["lr"] = Json{0.2};
  again.command.back() = "0.2";
  const Fidelity fidelity = compare_runs(training(), again, {});
  CHECK_FALSE(fidelity.grade());
  CHECK(differences(fidelity) == Texts{"recipe params.lr: 0.1 -> 0.2", "recipe seed: 7 -> 8"});
}

TEST_CASE("without files only metrics can tell") {
  Run before = training();
  before.outputs.clear();
  const Fidelity fidelity = compare_runs(before, before, {});
  CHECK_FALSE(fidelity.identical());
  CHECK(fidelity.reproduced());
  CHECK(fidelity.grade() == 3);
}

TEST_CASE("how a run went is read as it was written") {
  Execution execution;
  execution.command_template = {"python3", "{params.lr}"};
  execution.inputs = {{"train", "data/train.csv"}};
  execution.outputs = {{"model", "model/"}};
  execution.metrics_file = "metrics.json";
  execution.tolerance = {{"auc", 0.001}};
  execution.conduct.timeout_seconds = 60;
  execution.conduct.retry = {.exit_codes = {75, 137}, .times = 2};
  execution.conduct.needs = {.cpus = 1.5, .memory_bytes = 1u << 30, .gpus = 1};
  execution.conduct.environment = {
      .lock = "uv.lock", .setup = {"uv", "sync"}, .variables = Texts{}, .secrets = {"TOKEN"}};
  execution.submodules = {{"lib", "abc"}};
  execution.lfs = {{"big.bin", "def"}};
  execution.attempts = {
      {.exit_code = 75, .failure = "busy", .used = {.wall_ms = 1, .cpu_ms = 2, .peak_memory_bytes = 3}},
      {.exit_code = {}, .failure = "gone", .used = {}}};
  execution.notes = {"a note"};
  execution.log_format = "lines";
  execution.owner = "mlops pid=1";
  execution.step = "run";
  execution.folder = "/tmp/x";
  execution.request = Json::object({{"promote", "staging"}});
  execution.snapshot = "abc";
  execution.fidelity = Json::object({{"grade", "F4"}});
  Run run;
  run.execution = parse_json(to_line(to_json(execution)), "test");
  CHECK(execution_of(run) == execution);
  CHECK(execution_of(Run{}) == Execution{});
  run.execution = Json::object({{"attempts", 3}});
  CHECK_THROWS_WITH(execution_of(run), Catch::Matchers::Contains("how run 0 went can't be read"));
}
