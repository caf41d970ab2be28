// What is known of a model file without running it: what it is, what it holds, how it is called, and whether loading it
// can run code.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspected.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/support/json.hpp>

namespace mlops::domain {

// A named array of a model. dtype: "float32", "float16", "bfloat16", "int64", "uint8", "bool", "complex64", "string",
// "float8_e4m3fn" …, of GGUF the name of its quantisation in lower case ("q4_k"); "" when the format does not say.
struct Tensor {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t bytes = 0;  // that it takes in the file
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

// One dimension of an input or output: an integer, a name that stands for one ("batch"), or null for any.
struct Port {
  std::string name;
  std::string dtype;
  std::optional<std::vector<Json>> shape;  // nullopt: the file does not say
  bool required = true;                    // false: callers may leave it out
  friend bool operator==(const Port&, const Port&) = default;
};

// How a model is called.
struct Signature {
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  std::vector<Port> params;  // of MLflow: settings of one call
  [[nodiscard]] bool empty() const { return inputs.empty() && outputs.empty() && params.empty(); }
  friend bool operator==(const Signature&, const Signature&) = default;
};

struct Inspection {
  std::string format = "unknown";           // "safetensors", "gguf", "onnx", "pytorch", "pickle", "text" …
  std::string format_version;               // "" when there is none
  std::string architecture;                 // "LlamaForCausalLM", "sklearn.ensemble.RandomForestClassifier"; or ""
  std::string producer;                     // who wrote the file: "pytorch 2.1.0"; or ""
  std::string licence;                      // that the file itself names; or ""
  std::string quantisation;                 // "Q4_K_M"; or ""
  std::optional<std::uint64_t> parameters;  // numbers that training has set, as far as the file shows
  std::uint64_t tensor_count = 0;           // also of those left out of `tensors`
  std::uint64_t tensor_bytes = 0;
  std::vector<Tensor> tensors;  // in the order of the file, the first `most_tensors` of them
  Signature signature;
  Params hyperparameters;                        // of training, where they can be read: "C" = 1.0
  std::map<std::string, std::string> libraries;  // that the file was made with: "scikit-learn" = "1.2.1"
  Json::Object facts;                            // what else the format tells, in its own words; bounded
  std::vector<std::string> problems;             // what could not be read, or is not as it should be

  static constexpr std::size_t most_tensors = 100'000;
  // Counts it, and keeps it while there is room.
  void add_tensor(Tensor tensor);
  friend bool operator==(const Inspection&, const Inspection&) = default;
};

// One reason why a file is not allowlisted.
struct Finding {
  Safety safety = Safety::unknown;
  std::string rule;   // "pickle.global", "zip.names-differ" …; docs/scan.md lists them
  std::string where;  // inside the file: "data.pkl at byte 123"; "" for the file as a whole
  std::string what;   // one sentence without a final period: "calls os.system"
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Scan {
  Safety safety = Safety::allowlisted;  // the worst of the findings
  std::string format = "unknown";
  bool supported = false;            // false: of no format whose loaders we know
  std::vector<Finding> findings;     // the first `most_findings`
  std::vector<std::string> globals;  // that a pickle imports, "module.name", sorted; the first `most_globals`
  friend bool operator==(const Scan&, const Scan&) = default;

  static constexpr std::size_t most_findings = 200;
  static constexpr std::size_t most_globals = 1000;
};

// As `--json` and the details of a version show them. Of an inspection without its tensors the member is null.
enum class WithTensors { yes, no };
Json to_json(const Tensor& tensor);
Json to_json(const Finding& finding);
Json to_json(const Inspection& inspection, WithTensors tensors);
Json to_json(const Scan& scan);
// Back from the details of a version. Error{integrity} on another shape.
Inspection inspection_from_json(const Json& json);

}  // namespace mlops::domain
