// Records back from the JSON text that the store keeps.
#include <mlops/domain/event.hpp>

#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "json_parts.hpp"

namespace mlops::domain {
namespace {

// Another shape than what was written is damage, whatever the JSON reader called it.
template <typename Read>
auto guarded(std::string_view what, const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("the stored {} can't be read: {}", what, error.message())};
  }
}

Digest digest_of(const Json& json) {
  const auto digest = Digest::parse(json.as_string());
  if (!digest) throw Error{ErrorKind::integrity, fmt::format("`{}` is not a digest", printable(json.as_string()))};
  return *digest;
}

std::optional<std::string> optional_text(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.as_string();
}

template <typename T, typename Read>
std::vector<T> read_list(const Json& json, const Read& read) {
  std::vector<T> items;
  items.reserve(json.as_array().size());
  for (const Json& item : json.as_array()) items.push_back(read(item));
  return items;
}

DataUse data_use(const Json& json) {
  const std::string& text = json.at("dataset").as_string();
  const std::size_t at = text.rfind('@');
  const auto number = at == std::string::npos ? std::nullopt : parse_integer(text.substr(at + 1));
  if (!number) throw Error{ErrorKind::integrity, fmt::format("`{}` is not a dataset", printable(text))};
  return {.role = json.at("role").as_string(),
          .dataset = text.substr(0, at),
          .number = *number,
          .digest = digest_of(json.at("digest"))};
}

FileEntry file_entry(const Json& json) {
  return {.path = json.at("path").as_string(),
          .digest = digest_of(json.at("digest")),
          .size = count_of(json.at("bytes")),
          .executable = json.at("executable").as_bool()};
}

RunOutput run_output(const Json& json) {
  return {.name = json.at("name").as_string(),
          .path = json.at("path").as_string(),
          .files = read_list<FileEntry>(json.at("files"), file_entry)};
}

MetWaiver met_waiver_item(const Json& json) {
  const auto until = parse_time(json.at("until").as_string(), {});
  if (!until)
    throw Error{ErrorKind::integrity, fmt::format("`{}` is not a time", printable(json.at("until").as_string()))};
  return {.id = json.at("id").as_integer(),
          .by = json.at("by").as_string(),
          .reason = json.at("reason").as_string(),
          .until = *until,
          .void_because = optional_text(json.at("void_because")).value_or("")};
}

Severity severity_of(const Json& evidence) {
  const Json* severity = evidence.find("severity");
  return severity == nullptr ? Severity::block : parse_severity(severity->as_string());
}

std::optional<MetWaiver> waiver_of(const Json& evidence) {
  const Json* waiver = evidence.find("waiver");
  if (waiver == nullptr || waiver->is_null()) return std::nullopt;
  return met_waiver_item(*waiver);
}

Evidence evidence_item(const Json& json) {
  return {.check = json.at("check").as_string(),
          .result = parse_check_result(json.at("result").as_string()),
          .wanted = json.at("wanted").as_string(),
          .found = json.at("found").as_string(),
          .reason = json.at("reason").as_string(),
          .figures = json.at("figures"),
          .duration_ms = json.at("duration_ms").as_integer(),
          .severity = severity_of(json),
          .waiver = waiver_of(json)};
}

}  // namespace

Inspected inspected_from_json(const Json& json) {
  return guarded("inspection", [&] {
    Inspected inspected;
    inspected.format = json.at("format").as_string();
    inspected.architecture = json.at("architecture").as_string();
    inspected.licence = json.at("licence").as_string();
    inspected.quantisation = json.at("quantisation").as_string();
    if (const Json& parameters = json.at("parameters"); !parameters.is_null())
      inspected.parameters = count_of(parameters);
    inspected.safety = parse_safety(json.at("scan").as_string());
    inspected.code_warnings = json.at("code_warnings").as_integer();
    inspected.details = digest_of(json.at("details"));
    return inspected;
  });
}

GitState git_state_from_json(const Json& json) {
  return guarded("git state", [&] {
    GitState git;
    git.commit = json.at("commit").as_string();
    git.branch = optional_text(json.at("branch"));
    git.remote = optional_text(json.at("remote"));
    git.path = json.at("path").as_string();
    git.dirty = json.at("dirty").as_bool();
    if (const Json& diff = json.at("diff"); !diff.is_null()) git.diff = digest_of(diff);
    return git;
  });
}

Metrics metrics_from_json(const Json& json) {
  return guarded("metrics", [&] {
    Metrics metrics;
    // 1.0 is written as "1", so that integers stand for doubles here.
    for (const auto& [name, value] : json.as_object()) metrics.emplace(name, value.as_double());
    return metrics;
  });
}

Params params_from_json(const Json& json) {
  return guarded("params", [&] { return Params(json.as_object().begin(), json.as_object().end()); });
}

std::vector<DataUse> data_from_json(const Json& json) {
  return guarded("datasets", [&] { return read_list<DataUse>(json, data_use); });
}

std::vector<RunOutput> outputs_from_json(const Json& json) {
  return guarded("outputs", [&] { return read_list<RunOutput>(json, run_output); });
}

std::vector<Evidence> evidence_from_json(const Json& json) {
  return guarded("evidence", [&] { return read_list<Evidence>(json, evidence_item); });
}

}  // namespace mlops::domain
