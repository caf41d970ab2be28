#include "xgboost/xgboost.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

#include "byte_reader.hpp"
#include "facts.hpp"
#include "flaws.hpp"
#include "json/json_stream.hpp"
#include "json/ubjson.hpp"
#include "malformed.hpp"
#include "xgboost/xgboost_model.hpp"

namespace mlops::formats {

namespace {

constexpr JsonLimits limits{.text = JsonLimits{}.text, .non_finite = true};

constexpr auto learner_members = std::to_array<std::string_view>(
    {"attributes", "feature_names", "feature_types", "gradient_booster", "learner_model_param", "objective"});

// Whether the document is an object with a `learner` whose first member is one of XGBoost's. Asks the beginning of the
// file only: the trees come behind it.
bool has_learner(DocumentReader& in) {
  try {
    if (in.next() != Token::begin_object) return false;
    while (in.next() == Token::key) {
      if (in.text() != "learner") {
        in.skip_value();
        continue;
      }
      if (in.next() != Token::begin_object || in.next() != Token::key) return false;
      return std::ranges::find(learner_members, in.text()) != learner_members.end();
    }
  } catch (const Malformed&) {
    return false;
  }
  return false;
}

Flaws read_model(DocumentReader& in, domain::Inspection& inspection) {
  Flaws flaws;
  try {
    XgboostModel{inspection, flaws}.read(in);
  } catch (const Malformed& error) {
    flaws.add("xgboost.model", error.what());
  }
  return flaws;
}

Flaws read_json(const ByteSource& source, domain::Inspection& inspection) {
  JsonStream in{source, limits};
  return read_model(in, inspection);
}

Flaws read_ubjson(const ByteSource& source, domain::Inspection& inspection) {
  UbjsonReader in{source};
  Flaws flaws = read_model(in, inspection);
  if (flaws.empty() && in.offset() < source.size())
    flaws.add("xgboost.model", fmt::format("{} bytes follow the model", source.size() - in.offset()));
  return flaws;
}

// The binary format: a struct of 136 bytes, then the names of objective and booster, each behind its length.
struct BinaryHead {
  float base_score = 0;
  std::uint32_t features = 0;
  std::int32_t classes = 0;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::string objective;
  std::string booster;
};

constexpr std::string_view binary_magic = "binf";  // that older versions left out

BinaryHead read_binary(const ByteSource& source) {
  constexpr std::uint64_t param_size = 136;
  constexpr std::uint64_t longest_name = 64;
  ByteReader in{source};
  const std::uint64_t begin = read_bytes(source, 0, binary_magic.size()) == binary_magic ? binary_magic.size() : 0;
  in.skip(begin);
  BinaryHead head;
  head.base_score = in.little<float>();
  head.features = in.little<std::uint32_t>();
  head.classes = in.little<std::int32_t>();
  in.skip(8);
  head.major = in.little<std::uint32_t>();
  head.minor = in.little<std::uint32_t>();
  in.seek(begin + param_size);
  head.objective = in.text(in.little<std::uint64_t>(), longest_name);
  head.booster = in.text(in.little<std::uint64_t>(), longest_name);
  return head;
}

}  // namespace

bool is_xgboost_json(const Head& head) {
  const MemorySource bytes{head.bytes};
  JsonStream in{bytes, limits};
  return has_learner(in);
}

bool is_xgboost_ubjson(const Head& head) {
  if (!head.starts_with("{")) return false;
  const MemorySource bytes{head.bytes};
  UbjsonReader in{bytes};
  return has_learner(in);
}

bool is_xgboost_binary(const Head& head) {
  try {
    const MemorySource bytes{head.bytes};
    const std::string booster = read_binary(bytes).booster;
    return booster == "gbtree" || booster == "gblinear" || booster == "dart";
  } catch (const Malformed&) {
    return false;
  }
}

void inspect_xgboost_json(const ByteSource& source, domain::Inspection& inspection) {
  inspection.facts.emplace_back("encoding", "json");
  read_json(source, inspection).tell(inspection);
}

void inspect_xgboost_ubjson(const ByteSource& source, domain::Inspection& inspection) {
  inspection.facts.emplace_back("encoding", "ubjson");
  read_ubjson(source, inspection).tell(inspection);
}

void inspect_xgboost_binary(const ByteSource& source, domain::Inspection& inspection) {
  const BinaryHead head = read_binary(source);
  inspection.facts.emplace_back("encoding", "binary");
  inspection.facts.emplace_back("num_feature", head.features);
  inspection.facts.emplace_back("num_class", head.classes);
  inspection.facts.emplace_back("base_score", fmt::format("{}", head.base_score));
  inspection.architecture = head.booster;
  inspection.hyperparameters["booster"] = head.booster;
  inspection.hyperparameters["objective"] = fact_text(head.objective, 64);
  // Versions before 1.0 did not write their own.
  if (head.major > 0) {
    inspection.libraries["xgboost"] = fmt::format("{}.{}", head.major, head.minor);
    inspection.producer = fmt::format("xgboost {}.{}", head.major, head.minor);
  }
  inspection.signature.inputs.push_back({"", "float32", std::vector<Json>{nullptr, head.features}});
  inspection.problems.emplace_back(
      "the binary format of XGBoost is deprecated, and its trees are not read: save the model as UBJSON or JSON");
}

void scan_xgboost_json(const ByteSource& source, Scanning& scanning) {
  domain::Inspection inspection;
  read_json(source, inspection).tell(scanning);
}

void scan_xgboost_ubjson(const ByteSource& source, Scanning& scanning) {
  domain::Inspection inspection;
  read_ubjson(source, inspection).tell(scanning);
}

}  // namespace mlops::formats
