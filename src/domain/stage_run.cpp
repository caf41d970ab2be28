#include <mlops/domain/stage_run.hpp>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/files.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "json_parts.hpp"

namespace mlops::domain {
namespace {

constexpr std::array<std::string_view, 6> stage_status_names{"waiting", "running", "succeeded",
                                                             "reused",  "failed",  "interrupted"};

using Texts = std::vector<std::string>;

Json json_of(const Texts& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json{std::move(array)};
}

Json json_of(const std::optional<Digest>& digest) { return digest ? Json{digest->text()} : Json{}; }

Json json_of(const std::optional<Timestamp>& time) { return time ? Json{rfc3339(*time)} : Json{}; }

Texts texts_of(const Json& json) {
  Texts texts;
  for (const Json& item : json.as_array()) texts.push_back(item.as_string());
  return texts;
}

std::map<std::string, std::string> words_of(const Json& json) {
  std::map<std::string, std::string> words;
  for (const auto& [key, value] : json.as_object()) words.emplace(key, value.as_string());
  return words;
}

std::optional<Digest> digest_in(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto digest = Digest::parse(json.as_string());
  if (!digest) throw Error{ErrorKind::integrity, fmt::format("`{}` is not a digest", printable(json.as_string()))};
  return digest;
}

std::optional<Timestamp> time_in(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto time = parse_time(json.as_string(), {});
  if (!time) throw Error{ErrorKind::integrity, fmt::format("`{}` is not a time", printable(json.as_string()))};
  return time;
}

StageStatus status_in(const Json& json) {
  const auto found = std::ranges::find(stage_status_names, json.as_string());
  if (found == stage_status_names.end())
    throw Error{ErrorKind::integrity, fmt::format("`{}` is no status of a stage", printable(json.as_string()))};
  return static_cast<StageStatus>(found - stage_status_names.begin());
}

}  // namespace

std::string_view name_of(StageStatus status) { return stage_status_names.at(static_cast<std::size_t>(status)); }

Json to_json(const StageRun& stage) {
  Json::Array attempts;
  for (const Attempt& attempt : stage.attempts) attempts.push_back(to_json(attempt));
  const bool has_ended = !stage.attempts.empty();
  return Json::object({{"name", stage.name},
                       {"status", name_of(stage.status)},
                       {"why", stage.why},
                       {"reused_from", stage.reused_from},
                       {"needs", json_of(stage.needs)},
                       {"command_template", json_of(stage.command_template)},
                       {"command", json_of(stage.command)},
                       {"inputs", json_of(stage.inputs)},
                       {"params", json_of(stage.params)},
                       {"writes", object_of(stage.writes)},
                       {"metrics_file", stage.metrics_file},
                       {"code", stage.code ? json_of(*stage.code) : Json{}},
                       {"depends", object_of(stage.depends)},
                       {"key", json_of(stage.key)},
                       {"exit_code", has_ended ? Json{stage.attempts.back().exit_code} : Json{}},
                       {"failure", stage.failure},
                       {"attempts", Json{std::move(attempts)}},
                       {"started_at", json_of(stage.started_at)},
                       {"ended_at", json_of(stage.ended_at)},
                       {"outputs", to_json(stage.outputs)},
                       {"metrics", to_json(stage.metrics)},
                       {"series", json_of(stage.series)},
                       {"log", json_of(stage.log)}});
}

StageRun stage_run_from_json(const Json& json) {
  StageRun stage;
  stage.name = json.at("name").as_string();
  stage.status = status_in(json.at("status"));
  stage.why = json.at("why").as_string();
  if (const Json& run = json.at("reused_from"); !run.is_null()) stage.reused_from = run.as_integer();
  stage.needs = texts_of(json.at("needs"));
  stage.command_template = texts_of(json.at("command_template"));
  stage.command = texts_of(json.at("command"));
  stage.inputs = texts_of(json.at("inputs"));
  stage.params = texts_of(json.at("params"));
  stage.writes = words_of(json.at("writes"));
  if (const Json& file = json.at("metrics_file"); !file.is_null()) stage.metrics_file = file.as_string();
  if (const Json& code = json.at("code"); !code.is_null()) stage.code = texts_of(code);
  stage.depends = words_of(json.at("depends"));
  stage.key = digest_in(json.at("key"));
  stage.failure = json.at("failure").as_string();
  for (const Json& attempt : json.at("attempts").as_array()) stage.attempts.push_back(attempt_from_json(attempt));
  stage.started_at = time_in(json.at("started_at"));
  stage.ended_at = time_in(json.at("ended_at"));
  stage.outputs = outputs_from_json(json.at("outputs"));
  stage.metrics = metrics_from_json(json.at("metrics"));
  stage.series = digest_in(json.at("series"));
  stage.log = digest_in(json.at("log"));
  return stage;
}

const StageRun* find_stage(const std::vector<StageRun>& stages, std::string_view name) {
  const auto found = std::ranges::find(stages, name, &StageRun::name);
  return found == stages.end() ? nullptr : &*found;
}

Digest digest_of(const RunOutput& output) {
  const bool is_folder = output.path.ends_with('/');
  if (!is_folder && output.files.size() == 1) return output.files.front().digest;
  return make_manifest(normalise_files(output.files), Content::dataset).digest;
}

bool is_chain(const std::vector<StageRun>& stages) {
  for (std::size_t i = 1; i < stages.size(); ++i) {
    const auto& needs = stages[i].needs;
    if (std::ranges::find(needs, stages[i - 1].name) == needs.end()) return false;
  }
  return true;
}

}  // namespace mlops::domain
