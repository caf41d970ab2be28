// Real pickles of scikit-learn 1.2.1, joblib 1.2.0 and PyTorch 1.13.1; tests/oracles/pickles.py asked the models
// themselves what they hold.
#include <catch2/catch.hpp>

#include <filesystem>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

#include "malformed.hpp"
#include "pickle/scan_pickle.hpp"
#include "pickle/torch.hpp"
#include "pickle_writer.hpp"

namespace mlops::formats {
namespace {

namespace fs = std::filesystem;
using domain::Safety;
using Op = pickle::Op;

std::string from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

const Json& oracle() {
  static const Json cases = [] {
    const fs::path path = fs::path{MLOPS_ORACLES} / "pickles.json";
    return parse_json(read_file(path), path.string());
  }();
  return cases;
}

const domain::Tensor* tensor(const domain::Inspection& inspection, std::string_view name) {
  for (const domain::Tensor& each : inspection.tensors) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

void check_tensors(const domain::Inspection& inspection, const Json& expected) {
  for (const auto& [name, what] : expected.as_object()) {
    CAPTURE(name);
    const domain::Tensor* found = tensor(inspection, name);
    REQUIRE(found != nullptr);
    CHECK(found->dtype == what.as_array().at(0).as_string());
    Json::Array shape;
    for (const std::uint64_t size : found->shape) shape.emplace_back(size);
    CHECK(shape == what.as_array().at(1).as_array());
    CHECK(found->bytes == static_cast<std::uint64_t>(what.as_array().at(2).as_integer()));
  }
}

const Json* fact(const domain::Inspection& inspection, std::string_view key) {
  for (const auto& [name, value] : inspection.facts) {
    if (name == key) return &value;
  }
  return nullptr;
}

TEST_CASE("models of scikit-learn are allowlisted, and told as they describe themselves") {
  for (const Json& model : oracle().at("models").as_array()) {
    CAPTURE(model.at("name").as_string());
    const std::string bytes = from_base64(model.at("bytes").as_string());
    const domain::Scan scan = scan_bytes(bytes);
    CHECK(scan.safety == Safety::allowlisted);
    CHECK(scan.findings.empty());
    CHECK_FALSE(scan.globals.empty());

    const domain::Inspection inspection = inspect_bytes(bytes);
    const bool is_joblib = model.at("name").as_string().ends_with("joblib");
    CHECK(inspection.format == (is_joblib ? "joblib" : "pickle"));
    CHECK(scan.format == inspection.format);
    CHECK(inspection.problems.empty());
    CHECK(inspection.architecture == model.at("class").as_string());
    CHECK(inspection.libraries.at("scikit-learn") == model.at("version").as_string());
    check_tensors(inspection, model.at("arrays"));
    for (const auto& [name, value] : model.at("parameters").as_object()) {
      CAPTURE(name);
      REQUIRE(inspection.hyperparameters.contains(name));
      CHECK(inspection.hyperparameters.at(name) == value);
    }
    REQUIRE(inspection.signature.inputs.size() == 1);
    CHECK(inspection.signature.inputs[0].shape->at(1) == model.at("features"));
    REQUIRE(fact(inspection, "classes") != nullptr);
    CHECK(*fact(inspection, "classes") == model.at("classes"));
  }
}

TEST_CASE("parameters are the numbers that fitting has set") {
  const Json& models = oracle().at("models");
  const std::string logistic = from_base64(models.as_array().at(0).at("bytes").as_string());
  CHECK(inspect_bytes(logistic).parameters == 4);  // n_iter_ 1, coef_ 2, intercept_ 1
}

TEST_CASE("a model that is cut off anywhere is never allowlisted, and never more than told") {
  for (const Json& model : oracle().at("models").as_array()) {
    const std::string bytes = from_base64(model.at("bytes").as_string());
    CAPTURE(model.at("name").as_string());
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      CAPTURE(size);
      const std::string_view part = std::string_view{bytes}.substr(0, size);
      const domain::Scan scan = scan_bytes(part);
      CHECK(scan.safety != Safety::dangerous);
      const bool is_recognised = scan.format == "pickle" || scan.format == "joblib";
      if (is_recognised) CHECK(scan.safety != Safety::allowlisted);
      const domain::Inspection inspection = inspect_bytes(part);
      if (is_recognised) CHECK_FALSE(inspection.problems.empty());
    }
  }
}

TEST_CASE("a state dict of old PyTorch is told with its tensors") {
  const Json& expected = oracle().at("torch_legacy");
  const std::string bytes = from_base64(expected.at("bytes").as_string());
  const domain::Scan scan = scan_bytes(bytes);
  CHECK(scan.format == "pytorch-legacy");
  CHECK(scan.safety == Safety::allowlisted);
  const domain::Inspection inspection = inspect_bytes(bytes);
  CHECK(inspection.problems.empty());
  CHECK(inspection.tensor_count == 3);
  CHECK(inspection.parameters == 10);
  check_tensors(inspection, expected.at("tensors"));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    CAPTURE(size);
    const domain::Scan cut = scan_bytes(std::string_view{bytes}.substr(0, size));
    if (cut.format != "unknown") CHECK(cut.safety == Safety::malformed);
  }
  CHECK(has_rule(scan_bytes(bytes + "more"), Safety::malformed, "pickle.trailing"));
}

TEST_CASE("the pickle of a zip archive of PyTorch is told with its tensors") {
  const Json& expected = oracle().at("torch_data_pkl");
  const std::string bytes = from_base64(expected.at("bytes").as_string());
  const MemorySource source{bytes};
  domain::Inspection inspection;
  pickle::torch_state(source, inspection);
  CHECK(inspection.tensor_count == 3);
  check_tensors(inspection, expected.at("tensors"));
  domain::Scan scan;
  Scanning scanning{scan};
  pickle::scan_torch_pickle(source, scanning);
  CHECK(scan.safety == Safety::allowlisted);
}

TEST_CASE("old PyTorch whose magic number is computed is scanned like any pickle") {
  const std::string magic = PickleWriter{}.proto(2).global("builtins", "eval").called_with("0x1950a86a").stop();
  const std::string rest = from_base64(oracle().at("torch_legacy").at("bytes").as_string()).substr(15);
  CHECK(finds_call(scan_bytes(magic + rest), "builtins.eval"));
}

// A tensor of `shape` in storage 0, as torch.save pickles it.
PickleWriter& add_tensor(PickleWriter& writer, std::int32_t rows) {
  writer.global("torch._utils", "_rebuild_tensor_v2").op(Op::mark);
  writer.op(Op::mark).text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(rows).op(Op::tuple);
  writer.op(Op::binpersid).integer(0).integer(rows).op(Op::tuple1).integer(1).op(Op::tuple1).op(Op::newfalse);
  return writer.op(Op::empty_dict).op(Op::tuple).op(Op::reduce);
}

domain::Inspection torch_inspection(const std::string& bytes) {
  domain::Inspection inspection;
  pickle::torch_state(MemorySource{bytes}, inspection);
  return inspection;
}

TEST_CASE("tensors are found in checkpoints and in modules") {
  PickleWriter checkpoint = PickleWriter{}.proto(2).op(Op::empty_dict);
  add_tensor(checkpoint.text("model").op(Op::empty_dict).text("fc.weight"), 7).op(Op::setitem).op(Op::setitem);
  add_tensor(checkpoint.text("optimizer").op(Op::empty_dict).text("exp_avg"), 9).op(Op::setitem).op(Op::setitem);
  checkpoint.text("epoch").integer(3).op(Op::setitem);
  const auto inspection = torch_inspection(checkpoint.stop());
  REQUIRE(inspection.tensors.size() == 2);
  CHECK(inspection.tensors[0] == domain::Tensor{"model.fc.weight", "float32", {7}, 28});
  CHECK(inspection.tensors[1].name == "optimizer.exp_avg");
  CHECK(inspection.parameters == 7);
  REQUIRE(fact(inspection, "epoch") != nullptr);
  CHECK(*fact(inspection, "epoch") == Json{3});

  PickleWriter module = PickleWriter{}.proto(2).global("torch.nn.modules.container", "Sequential");
  module.op(Op::empty_tuple).op(Op::newobj).op(Op::empty_dict).text("_modules").op(Op::empty_dict).text("0");
  module.global("torch.nn.modules.linear", "Linear").op(Op::empty_tuple).op(Op::newobj).op(Op::empty_dict);
  add_tensor(module.text("_parameters").op(Op::empty_dict).text("bias"), 5).op(Op::setitem).op(Op::setitem);
  module.op(Op::build).op(Op::setitem).op(Op::setitem).op(Op::build);
  const auto whole = torch_inspection(module.stop());
  CHECK(whole.architecture == "torch.nn.modules.container.Sequential");
  REQUIRE(whole.tensors.size() == 1);
  CHECK(whole.tensors[0].name == "0.bias");
}

TEST_CASE("tensors that share their weights count once, and a tensor larger than any file not at all") {
  PickleWriter tied = PickleWriter{}.proto(2).op(Op::empty_dict);
  add_tensor(tied.text("a"), 4).op(Op::setitem);
  add_tensor(tied.text("b"), 4).op(Op::setitem);
  const auto inspection = torch_inspection(tied.stop());
  CHECK(inspection.tensor_count == 2);
  CHECK(inspection.parameters == 4);

  PickleWriter huge = PickleWriter{}.proto(2).global("torch._utils", "_rebuild_tensor_v2").op(Op::mark).op(Op::mark);
  huge.text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(1).op(Op::tuple);
  huge.op(Op::binpersid).integer(0).op(Op::mark);
  for (int i = 0; i < 3; ++i) huge.integer(2'000'000'000);
  huge.op(Op::tuple).op(Op::empty_tuple).op(Op::newfalse).op(Op::empty_dict).op(Op::tuple).op(Op::reduce);
  CHECK(torch_inspection(huge.stop()).tensor_count == 0);
}

TEST_CASE("values that contain themselves come to an end") {
  // a = []; a.append(a), and a dict of lists that doubles at every level
  PickleWriter writer = PickleWriter{}.proto(2).op(Op::empty_list).put(0).get(0).op(Op::append);
  CHECK(inspect_bytes(writer.stop()).problems.empty());
  PickleWriter laughs = PickleWriter{}.proto(2).op(Op::empty_list).put(0);
  for (int level = 0; level < 60; ++level) {
    laughs.op(Op::pop).get(static_cast<std::uint8_t>(level)).get(static_cast<std::uint8_t>(level));
    laughs.op(Op::tuple2).put(static_cast<std::uint8_t>(level + 1));
  }
  CHECK(inspect_bytes(laughs.stop()).problems.empty());
  PickleWriter deep = PickleWriter{}.proto(2).op(Op::none);
  for (int level = 0; level < 100'000; ++level) deep.op(Op::tuple1);
  CHECK(inspect_bytes(deep.stop()).problems.empty());
}

TEST_CASE("plain data is told by its kind and its keys") {
  const auto bytes = PickleWriter{}
                         .proto(2)
                         .op(Op::empty_dict)
                         .text("a")
                         .integer(1)
                         .op(Op::setitem)
                         .text("b")
                         .integer(2)
                         .op(Op::setitem);
  const auto inspection = inspect_bytes(PickleWriter{bytes}.stop());
  CHECK(*fact(inspection, "object") == Json{"dict"});
  CHECK(*fact(inspection, "items") == Json{2});
  CHECK(*fact(inspection, "keys") == Json::array({"a", "b"}));
  CHECK(*fact(inspection, "protocol") == Json{2});
}

}  // namespace
}  // namespace mlops::formats
