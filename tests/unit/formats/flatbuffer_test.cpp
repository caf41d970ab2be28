// Of FlatBuffers two formats are read: CatBoost's and TensorFlow Lite's.
#include "flatbuffer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "looking.hpp"
#include "malformed.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

// A table whose fields are offsets to what follows it; empty ones are absent. It begins with its layout, so that tables
// can be put one behind the other.
std::string table(const std::vector<std::string>& fields) {
  const auto layout_size = static_cast<std::uint16_t>(4 + 2 * fields.size());
  const auto table_size = static_cast<std::uint16_t>(4 + 4 * fields.size());
  std::string layout = little(layout_size) + little(table_size);
  std::string body = little(static_cast<std::uint32_t>(layout_size));
  std::string rest;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t at = 4 + 4 * i;
    layout += little(static_cast<std::uint16_t>(fields[i].empty() ? 0 : at));
    body += little(static_cast<std::uint32_t>(table_size - at + rest.size()));
    rest += fields[i];
  }
  return layout + body + rest;
}

// Where the table itself stands, behind its layout.
std::uint32_t table_at(std::size_t fields) { return static_cast<std::uint32_t>(4 + 2 * fields); }

std::string text(std::string_view value) {
  return little(static_cast<std::uint32_t>(value.size())) + std::string{value};
}

// A vector of tables, all with the same number of fields.
std::string vector(const std::vector<std::string>& tables, std::size_t fields) {
  std::string bytes = little(static_cast<std::uint32_t>(tables.size()));
  std::string rest;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    bytes += little(static_cast<std::uint32_t>(4 * (tables.size() - i) + rest.size() + table_at(fields)));
    rest += tables[i];
  }
  return bytes + rest;
}

std::string tflite(const std::vector<std::string>& custom) {
  std::vector<std::string> codes;
  for (const std::string& name : custom) codes.push_back(table({"", name.empty() ? "" : text(name)}));
  const std::string model = table({"", vector(codes, 2), vector({}, 0), text("a description")});
  return little(static_cast<std::uint32_t>(8 + table_at(4))) + "TFL3" + model;
}

std::string catboost(const std::string& params) {
  const std::string version = "Git info:\n    Branch: tags/v1.2.10\n";
  const std::vector<std::string> pairs{table({text("params"), text(params)}),
                                       table({text("catboost_version_info"), text(version)})};
  const std::string core = table({text("FlabuffersModel_v1"), "", vector(pairs, 2)});
  const std::string buffer = little(static_cast<std::uint32_t>(4 + table_at(3))) + core;
  return "CBM1" + little(static_cast<std::uint32_t>(buffer.size())) + buffer;
}

TEST_CASE("FlatBuffers: a Lite model is judged by its operators") {
  CHECK(inspected(tflite({""})).format == "tflite");
  CHECK(inspected(tflite({""})).problems.empty());
  CHECK(fact(inspected(tflite({""})), "description") == Json{"a description"});
  CHECK(scanned(tflite({"", ""})).safety == Safety::allowlisted);
  CHECK(scanned(tflite({"", "MyOperator"})).safety == Safety::unknown);
  CHECK(scanned(tflite({"MyOperator", "FlexWriteFile"})).safety == Safety::dangerous);
  CHECK(canonical(fact(inspected(tflite({"B", "A", "B"})), "custom_operators")) == R"(["A","B"])");
}

TEST_CASE("FlatBuffers: a CatBoost model tells its parameters and who wrote it") {
  const domain::Inspection inspection =
      inspected(catboost(R"({"flat_params":{"iterations":5},"loss_function":{"type":"Logloss"},"other":{}})"));
  CHECK(inspection.problems.empty());
  CHECK(inspection.format == "catboost");
  CHECK(inspection.format_version == "FlabuffersModel_v1");
  CHECK(inspection.libraries.at("catboost") == "1.2.10");
  CHECK(inspection.hyperparameters == domain::Params{{"iterations", 5}});
  CHECK(fact(inspection, "loss_function") == Json{"Logloss"});
  CHECK(has_problem(inspected(catboost("{")), "the JSON"));
}

TEST_CASE("FlatBuffers: offsets that lead nowhere are malformed") {
  CHECK(has_problem(inspected("CBM1" + little(UINT32_MAX)), "is declared"));
  CHECK(has_problem(inspected(little(UINT32_MAX) + "TFL3"), "beyond the end"));
  CHECK(scanned(little(UINT32_MAX) + "TFL3").safety == Safety::malformed);
  for (const std::string& whole : {tflite({"", "MyOperator"}), catboost("{}")}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      inspected(whole.substr(0, at));
      scanned(whole.substr(0, at));
      std::string changed = whole;
      for (const char byte : {'\xFF', '\x7F', '\0'}) {
        changed[at] = byte;
        inspected(changed);
        scanned(changed);
      }
    }
  }
}

}  // namespace
}  // namespace mlops::formats
