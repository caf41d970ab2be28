#include "tflite.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "facts.hpp"
#include "flatbuffer.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t most_operators = 10'000;

// Fields of the tables Model and OperatorCode.
enum Field : unsigned { operator_codes = 1, subgraphs = 2, description = 3, custom_code = 1 };

// Operators of TensorFlow that reach outside of the model, under the name that they have in a Lite model.
constexpr auto dangerous = std::to_array<std::string_view>(
    {"FlexReadFile", "FlexWriteFile", "FlexMatchingFiles", "FlexPyFunc", "FlexPyFuncStateless", "FlexEagerPyFunc",
     "FlexSave", "FlexSaveV2", "FlexSaveSlices", "FlexRestore", "FlexRestoreV2", "FlexMergeV2Checkpoints",
     "FlexPrintV2", "FlexShardedFilename", "FlexWholeFileReaderV2", "FlexTextLineReaderV2"});

std::vector<std::string> custom_operators(const ByteSource& source) {
  std::vector<std::string> names;
  for (const FlatTable& code : FlatTable::root(source).tables(Field::operator_codes, most_operators)) {
    if (auto name = code.text(Field::custom_code, 256); name && !name->empty()) names.push_back(std::move(*name));
  }
  std::ranges::sort(names);
  const auto [first, last] = std::ranges::unique(names);
  names.erase(first, last);
  return names;
}

}  // namespace

bool is_tflite(const Head& head) {
  return std::string_view{head.bytes}.substr(0, 8).ends_with("TFL3") && head.bytes.size() >= 8;
}

void inspect_tflite(const ByteSource& source, domain::Inspection& inspection) {
  inspection.format_version = std::string{"3"};
  const FlatTable model = FlatTable::root(source);
  if (const auto text = model.text(Field::description, 1024))
    inspection.facts.emplace_back("description", fact_text(*text, 1024));
  inspection.facts.emplace_back("subgraphs", static_cast<std::int64_t>(model.length(Field::subgraphs)));
  Json::Array custom;
  for (const std::string& name : custom_operators(source)) {
    if (custom.size() < 300) custom.emplace_back(fact_text(name, 256));
  }
  if (!custom.empty()) inspection.facts.emplace_back("custom_operators", std::move(custom));
}

void scan_tflite(const ByteSource& source, Scanning& scanning) {
  for (const std::string& name : custom_operators(source)) {
    const bool is_known = std::ranges::find(dangerous, name) != dangerous.end();
    scanning.report(is_known ? domain::Safety::dangerous : domain::Safety::unknown, "tflite.operator",
                    fmt::format("runs the operator {}", shown(name)));
  }
}

}  // namespace mlops::formats
