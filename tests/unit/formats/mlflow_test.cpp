#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>
#include <mlops/support/files.hpp>

#include "unit/formats/memory_files.hpp"

namespace mlops::formats {
namespace {

using domain::Port;
using domain::Safety;
using Contents = std::map<std::string, std::string>;

// What MLflow 3.17.2 wrote: tests/oracles/mlflow_folder.py. Its pickles are not among the files.
Contents saved(std::string_view folder) {
  const std::filesystem::path oracle = std::filesystem::path{MLOPS_ORACLES} / "mlflow_folder.json";
  Contents contents;
  const Json folders = parse_json(read_file(oracle), oracle.string());
  for (const auto& [path, text] : folders.at(folder).as_object()) contents[path] = text.as_string();
  return contents;
}

const Json* fact(const domain::Inspection& inspection, std::string_view name) {
  for (const auto& [key, value] : inspection.facts) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> findings(const SetScan& scan) {
  std::vector<std::string> texts;
  for (const FileScan& file : scan.files) {
    for (const domain::Finding& finding : file.scan.findings) {
      texts.push_back(file.path + ": " + std::string{name_of(finding.safety)} + " " + finding.rule + " " +
                      finding.what);
    }
  }
  return texts;
}

Contents with_mlmodel(std::string text) { return {{"MLmodel", std::move(text)}}; }

TEST_CASE("a logged scikit-learn model tells flavours, signature and requirements") {
  Contents contents = saved("sklearn");
  contents["model.pkl"] = "not looked at here";
  const SetInspection found = inspect(MemoryFiles{contents});
  const domain::Inspection& whole = found.whole;
  CHECK(whole.format == "mlflow");
  CHECK(whole.producer == "mlflow 3.17.2");
  CHECK(whole.problems.empty());
  CHECK(whole.libraries.at("scikit-learn") == "1.2.1");
  CHECK(whole.libraries.at("mlflow") == "3.17.2");
  CHECK(whole.libraries.at("python").starts_with("3."));
  CHECK_FALSE(whole.libraries.contains("pandas"));  // >=1.5 is no version
  CHECK(whole.signature.inputs == std::vector<Port>{{.name = "age", .dtype = "int64", .shape = {}},
                                                    {.name = "income", .dtype = "float64", .shape = {}}});
  CHECK(whole.signature.outputs ==
        std::vector<Port>{{.name = "", .dtype = "int64", .shape = std::vector<Json>{nullptr}}});
  REQUIRE(whole.signature.params.size() == 2);
  CHECK(whole.signature.params[0].name == "threshold");
  REQUIRE(fact(whole, "requirements") != nullptr);
  CHECK(fact(whole, "requirements")->as_array().size() == 3);
  CHECK(fact(whole, "saved_input_example_info")->at("type") == Json{"dataframe"});
  CHECK(fact(whole, "model")->at("path") == Json{"model.pkl"});
  REQUIRE(found.files.size() == contents.size());
}

TEST_CASE("tensors of an image model keep their free dimension") {
  Contents contents = saved("pyfunc");
  const domain::Inspection whole = inspect(MemoryFiles{contents}).whole;
  CHECK(whole.signature.inputs ==
        std::vector<Port>{{.name = "img", .dtype = "float32", .shape = std::vector<Json>{nullptr, 28, 28}}});
  CHECK(whole.libraries.contains("cloudpickle"));
  CHECK(whole.problems == std::vector<std::string>{"MLmodel: names `python_model.pkl`, which is not there"});
}

TEST_CASE("a folder whose model is a level down") {
  Contents contents;
  for (const auto& [path, text] : saved("loader")) contents["model/" + path] = text;
  contents["notes.txt"] = "hello";
  const domain::Inspection whole = inspect(MemoryFiles{contents}).whole;
  CHECK(whole.format == "mlflow");
  CHECK(*fact(whole, "folder") == Json{"model"});
  CHECK(whole.signature.inputs.size() == 2);
}

TEST_CASE("an MLmodel that can't be read is a problem, and no other format") {
  const auto problems = [](std::string text) {
    return inspect(MemoryFiles{with_mlmodel(std::move(text))}).whole.problems;
  };
  CHECK(problems("flavors: {a: 1, a: 2}") == std::vector<std::string>{"MLmodel:1:17: duplicate key `a`"});
  CHECK(problems("[1]") == std::vector<std::string>{"MLmodel: holds no names and values"});
  CHECK(problems("flavors: 3") == std::vector<std::string>{"MLmodel: has no `flavors`"});
  CHECK(problems("flavors: {}\nsignature: {inputs: '[{\"type\": 1}]'}") ==
        std::vector<std::string>{"MLmodel: signature: inputs[0]: `type` must be text"});
  CHECK(inspect(MemoryFiles{with_mlmodel("flavors: [")}).whole.format == "mlflow");
  CHECK(inspect(MemoryFiles{with_mlmodel("other: 1")}).whole.format == "yaml");
}

TEST_CASE("loading code of the folder is a finding, plain flavours are none") {
  const SetScan plain =
      scan(MemoryFiles{with_mlmodel("flavors: {python_function: {loader_module: mlflow.sklearn, code: null}}")});
  CHECK(findings(plain).empty());
  CHECK(plain.supported);
  CHECK(plain.safety == Safety::allowlisted);

  const SetScan loader = scan(MemoryFiles{saved("loader")});
  CHECK(loader.safety == Safety::dangerous);
  CHECK(findings(loader) ==
        std::vector<std::string>{"MLmodel: dangerous mlflow.code loading runs the module `my_loader` of this folder",
                                 "MLmodel: unknown mlflow.code loading looks for modules in `code` of this folder "
                                 "first, and runs what it imports"});

  const auto finding = [](std::string flavour) {
    const auto texts = findings(scan(MemoryFiles{with_mlmodel("flavors:\n  python_function: " + flavour + "\n")}));
    REQUIRE(texts.size() == 1);
    return texts[0];
  };
  CHECK(finding("{loader_module: elsewhere}") ==
        "MLmodel: unknown mlflow.code loading imports `elsewhere`, which is not MLflow's, and runs it");
  CHECK(finding("{model_code_path: /home/me/agent.py}") ==
        "MLmodel: dangerous mlflow.code loading runs `agent.py` of this folder");
  CHECK(finding("{data: ../../secrets}") ==
        "MLmodel: dangerous mlflow.path `data` of MLmodel leads out of the folder: `../../secrets`");
  CHECK(finding("{model_path: /etc/passwd}").starts_with("MLmodel: dangerous mlflow.path"));
  const SetScan tagged = scan(MemoryFiles{with_mlmodel("flavors: !!python/object/apply:os.system [id]")});
  CHECK(tagged.safety == Safety::dangerous);
  CHECK(findings(tagged).size() == 2);  // the tag, and that the safe loader refuses it
}

}  // namespace
}  // namespace mlops::formats
