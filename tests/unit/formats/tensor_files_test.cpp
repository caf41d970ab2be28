// Files as the libraries of their formats write them, beside what these libraries read back:
// tests/oracles/tensor_files.py.
#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "gguf/ggml_types.hpp"
#include "looking.hpp"

namespace mlops::formats {
namespace {

std::string from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6) | static_cast<unsigned>(digits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xFF);
  }
  return bytes;
}

void check_tensors(const domain::Inspection& inspection, const Json& expected, bool in_lower_case) {
  const Json& tensors = expected.at("tensors");
  std::uint64_t bytes = 0;
  std::uint64_t elements = 0;
  CHECK(inspection.tensors.size() == tensors.as_object().size());
  for (const domain::Tensor& tensor : inspection.tensors) {
    CAPTURE(tensor.name);
    const Json::Array& wanted = tensors.at(tensor.name).as_array();
    Json::Array shape;
    std::uint64_t count = 1;
    for (const std::uint64_t extent : tensor.shape) {
      shape.emplace_back(extent);
      count *= extent;
    }
    elements += count;
    bytes += tensor.bytes;
    // gguf-py calls plain numbers F32; all others have the same names but for their case.
    if (wanted[0].as_string() != "F32")
      CHECK(tensor.dtype == (in_lower_case ? lower_ascii(wanted[0].as_string()) : wanted[0].as_string()));
    CHECK(Json{shape} == wanted[1]);
    CHECK(Json{tensor.bytes} == wanted[2]);
  }
  CHECK(inspection.tensor_bytes == bytes);
  CHECK(inspection.parameters == elements);
}

void check_sizes(const Json& sizes) {
  for (const auto& [id, wanted] : sizes.as_object()) {
    CAPTURE(id);
    const GgmlType* type = find_ggml_type(static_cast<std::uint32_t>(std::stoul(id)));
    REQUIRE(type != nullptr);
    CHECK(Json::array({type->block, type->bytes}) == wanted);
  }
}

std::string npy_dtype(const Json& expected) {
  static const std::map<std::string, std::string> by_kind{
      {"U", "string"}, {"S", "bytes"}, {"V", "struct"}, {"O", "object"}};
  const auto found = by_kind.find(expected.at("kind").as_string());
  return found != by_kind.end() ? found->second : expected.at("dtype").as_string();
}

void check_array(const domain::Inspection& inspection, const Json& expected) {
  REQUIRE(inspection.tensors.size() == 1);
  const domain::Tensor& tensor = inspection.tensors.front();
  CHECK(tensor.dtype == npy_dtype(expected));
  CHECK(tensor.shape.size() == expected.at("shape").as_array().size());
  if (tensor.dtype == "object") {
    CHECK(has_fact(inspection, "objects"));
    return;
  }
  CHECK(inspection.problems.empty());
  CHECK(Json{tensor.bytes} == expected.at("bytes"));
}

void check_xgboost(const domain::Inspection& inspection, const Json& expected) {
  CHECK(fact(inspection, "num_feature") == expected.at("features"));
  const std::string& version = expected.at("version").as_string();
  CHECK(version.starts_with(inspection.libraries.at("xgboost")));
  if (fact(inspection, "encoding") == Json{"binary"}) return;
  CHECK(inspection.problems.empty());
  CHECK(inspection.libraries.at("xgboost") == version);
  Json::Array names;
  for (const domain::Port& port : inspection.signature.inputs) names.emplace_back(port.name);
  CHECK(Json{names} == expected.at("names"));
  if (const Json* trees = expected.find("trees")) CHECK(fact(inspection, "trees") == *trees);
  const Json* numbers = expected.find("nodes");
  CHECK(Json{*inspection.parameters} == (numbers != nullptr ? *numbers : expected.at("weights")));
}

void check_lightgbm(const domain::Inspection& inspection, const Json& expected) {
  CHECK(inspection.problems.empty());
  CHECK(fact(inspection, "trees") == expected.at("trees"));
  CHECK(fact(inspection, "leaves") == expected.at("leaves"));
  CHECK(inspection.hyperparameters.at("learning_rate") == expected.at("learning_rate"));
  Json::Array names;
  for (const domain::Port& port : inspection.signature.inputs) names.emplace_back(port.name);
  CHECK(Json{names} == expected.at("names"));
}

TEST_CASE("tensor files: files are read as by the libraries that wrote them") {
  const std::string path = MLOPS_ORACLES "/tensor_files.json";
  const Json cases = parse_json(read_file(path), path);
  CHECK(cases.as_array().size() > 20);
  for (const Json& example : cases.as_array()) {
    const std::string& name = example.at("name").as_string();
    CAPTURE(name);
    const std::string bytes = from_base64(example.at("file").as_string());
    const Json& expected = example.at("expected");
    const domain::Inspection inspection = inspected(bytes);
    CAPTURE(inspection.problems);
    CHECK(inspection.format == name.substr(0, name.find(' ')));
    if (inspection.format == "safetensors") check_tensors(inspection, expected, false);
    if (inspection.format == "gguf") {
      check_tensors(inspection, expected, true);
      check_sizes(expected.at("sizes"));
      CHECK(Json{inspection.quantisation} == expected.at("quantisation"));
    }
    if (inspection.format == "npy") check_array(inspection, expected);
    if (inspection.format == "xgboost") check_xgboost(inspection, expected);
    if (inspection.format == "lightgbm") check_lightgbm(inspection, expected);
    for (std::size_t size = 0; size < bytes.size(); size += 11) {
      inspected(std::string_view{bytes}.substr(0, size));
      scanned(std::string_view{bytes}.substr(0, size));
    }
  }
}

}  // namespace
}  // namespace mlops::formats
