// Every record as JSON: what events hash and `--json` shows.
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <mlops/domain/event.hpp>

#include "json_parts.hpp"

namespace mlops::domain {
namespace {

Json item_of(const std::string& text) { return Json{text}; }
Json item_of(const DataUse& use) { return to_json(use); }
Json item_of(const Evidence& evidence) { return to_json(evidence); }
Json item_of(const ColumnSummary& column) { return Json::object({{"name", column.name}, {"type", column.type}}); }
Json item_of(const FileEntry& file);
Json item_of(const RunOutput& output);

template <typename T>
Json list_of(const std::vector<T>& items) {
  Json::Array array;
  array.reserve(items.size());
  for (const T& item : items) array.push_back(item_of(item));
  return Json{std::move(array)};
}

// Of a run's output, whose bytes are always stored.
Json item_of(const FileEntry& file) {
  return Json::object(
      {{"path", file.path}, {"digest", file.digest.text()}, {"bytes", file.size}, {"executable", file.executable}});
}

Json item_of(const RunOutput& output) {
  return Json::object({{"name", output.name}, {"path", output.path}, {"files", list_of(output.files)}});
}

Json text_or_null(const std::optional<Digest>& digest) { return digest ? Json{digest->text()} : Json{}; }
Json text_or_null(const std::optional<VersionId>& id) { return id ? Json{id->text()} : Json{}; }
Json text_or_null(const std::optional<SemVer>& semver) { return semver ? Json{semver->text()} : Json{}; }
Json text_or_null(const std::optional<Timestamp>& at) { return at ? Json{rfc3339(*at)} : Json{}; }
Json json_or_null(const std::optional<References>& references) { return references ? to_json(*references) : Json{}; }
Json json_or_null(const std::optional<Inspected>& inspected) { return inspected ? to_json(*inspected) : Json{}; }
Json git_or_null(const std::optional<GitState>& git) { return git ? to_json(*git) : Json{}; }

// Events that were written before there were such members say nothing of them, and must read the same today.
Json without_absent(const Json& state, std::initializer_list<std::string_view> members) {
  Json::Object kept;
  for (const auto& [name, value] : state.as_object()) {
    if (!value.is_null() || std::ranges::find(members, name) == members.end()) kept.emplace_back(name, value);
  }
  return Json{std::move(kept)};
}

Json met_waiver(const MetWaiver& waiver) {
  return Json::object({{"id", waiver.id},
                       {"by", waiver.by},
                       {"reason", waiver.reason},
                       {"until", rfc3339(waiver.until)},
                       {"counts", waiver.void_because.empty()},
                       {"void_because", waiver.void_because.empty() ? Json{} : Json{waiver.void_because}}});
}

}  // namespace

Json to_json(const Model& model) {
  return Json::object(
      {{"model", model.name}, {"created_at", rfc3339(model.created_at)}, {"created_by", model.created_by}});
}

Json to_json(const GitState& git) {
  return Json::object({{"commit", git.commit},
                       {"branch", git.branch},
                       {"remote", git.remote},
                       {"path", git.path},
                       {"dirty", git.dirty},
                       {"diff", text_or_null(git.diff)}});
}

Json to_json(const DataUse& use) {
  return Json::object(
      {{"role", use.role}, {"dataset", VersionId{use.dataset, use.number}.text()}, {"digest", use.digest.text()}});
}

Json to_json(const FileEntry& file) {
  Json json = item_of(file);
  json.set("uri", file.uri.empty() ? Json{} : Json{file.uri});
  return json;
}

Json to_json(const References& references) {
  return Json::object({{"files", references.count}, {"bytes", references.bytes}, {"digest", references.digest.text()}});
}

Json to_json(const Inspected& inspected) {
  return Json::object({{"format", inspected.format},
                       {"architecture", inspected.architecture},
                       {"licence", inspected.licence},
                       {"quantisation", inspected.quantisation},
                       {"parameters", inspected.parameters},
                       {"scan", name_of(inspected.safety)},
                       {"code_warnings", inspected.code_warnings},
                       {"details", inspected.details.text()}});
}

Json to_json(const Version& version) {
  return Json::object({{"version", version.id.text()},
                       {"model", version.id.model},
                       {"number", version.id.number},
                       {"digest", version.digest.text()},
                       {"files", version.file_count},
                       {"bytes", version.total_bytes},
                       {"references", json_or_null(version.references)},
                       {"semver", text_or_null(version.semver)},
                       {"message", version.message},
                       {"metrics", to_json(version.metrics)},
                       {"params", to_json(version.params)},
                       {"data", to_json(version.data)},
                       {"parent", text_or_null(version.parent)},
                       {"run", version.run},
                       {"git", git_or_null(version.git)},
                       {"signature", version.signature},
                       {"inspected", json_or_null(version.inspected)},
                       {"registered_at", rfc3339(version.registered_at)},
                       {"registered_by", version.registered_by}});
}

Json event_state(const Version& version) { return without_absent(to_json(version), {"references", "inspected"}); }
// Blocking and not waived is all that evidence once was.
Json event_state(const Verdict& verdict) {
  Json evidence = Json::array();
  for (const Evidence& item : verdict.evidence) {
    Json json = to_json(item);
    if (item.severity == Severity::block) json.set("severity", Json{});
    evidence.push_back(without_absent(json, {"severity", "waiver"}));
  }
  Json state = to_json(verdict);
  state.set("evidence", std::move(evidence));
  return state;
}
Json event_state(const Dataset& dataset) { return without_absent(to_json(dataset), {"references"}); }
Json event_state(const Run& run) {
  return without_absent(to_json(run), {"execution", "series", "search", "trial", "search_plan"});
}

Json to_json(const Tags& tags) { return object_of(tags); }
Json to_json(const Metrics& metrics) { return object_of(metrics); }
Json to_json(const Params& params) { return object_of(params); }

Json to_json(const Deprecation& deprecation) {
  return Json::object({{"reason", deprecation.reason}, {"at", rfc3339(deprecation.at)}, {"by", deprecation.by}});
}

Json to_json(const Deletion& deletion) {
  return Json::object({{"reason", deletion.reason}, {"at", rfc3339(deletion.at)}, {"by", deletion.by}});
}

Json to_json(const Dataset& dataset) {
  return Json::object({{"dataset", dataset.text()},
                       {"name", dataset.name},
                       {"number", dataset.number},
                       {"digest", dataset.digest.text()},
                       {"files", dataset.file_count},
                       {"bytes", dataset.total_bytes},
                       {"references", json_or_null(dataset.references)},
                       {"rows", dataset.rows},
                       {"columns", list_of(dataset.columns)},
                       {"source", dataset.source},
                       {"message", dataset.message},
                       {"git", git_or_null(dataset.git)},
                       {"added_at", rfc3339(dataset.added_at)},
                       {"added_by", dataset.added_by}});
}

Json to_json(const Run& run) {
  return Json::object({{"run", run.number},
                       {"name", run.name},
                       {"model", run.model},
                       {"parent", text_or_null(run.parent)},
                       {"command", list_of(run.command)},
                       {"directory", run.directory},
                       {"status", name_of(run.status)},
                       {"exit_code", run.exit_code},
                       {"failure", run.failure},
                       {"params", to_json(run.params)},
                       {"param_overrides", to_json(run.param_overrides)},
                       {"inputs", to_json(run.inputs)},
                       {"outputs", to_json(run.outputs)},
                       {"metrics", to_json(run.metrics)},
                       {"environment", run.environment},
                       {"git", git_or_null(run.git)},
                       {"log", text_or_null(run.log)},
                       {"series", text_or_null(run.series)},
                       {"seed", run.seed},
                       {"search", run.search},
                       {"trial", run.trial},
                       {"search_plan", run.search_plan},
                       {"started_at", rfc3339(run.started_at)},
                       {"ended_at", text_or_null(run.ended_at)},
                       {"host", run.host},
                       {"pid", run.pid},
                       {"started_by", run.started_by},
                       {"execution", run.execution}});
}

Json to_json(const StageChange& change) {
  return Json::object({{"id", change.id},
                       {"model", change.model},
                       {"stage", change.stage},
                       {"version", change.version != 0 ? Json{VersionId{change.model, change.version}.text()} : Json{}},
                       {"previous", change.previous ? Json{VersionId{change.model, *change.previous}.text()} : Json{}},
                       {"kind", name_of(change.kind)},
                       {"verdict", change.verdict},
                       {"message", change.message},
                       {"at", rfc3339(change.at)},
                       {"by", change.by}});
}

Json to_json(const Approval& approval) {
  return Json::object({{"id", approval.id},
                       {"model", approval.version.model},
                       {"version", approval.version.text()},
                       {"stage", approval.stage},
                       {"decision", name_of(approval.decision)},
                       {"reason", approval.reason},
                       {"at", rfc3339(approval.at)},
                       {"by", approval.by}});
}

Json to_json(const Waiver& waiver) {
  const auto withdrawal = [](const Withdrawal& withdrawn) {
    return Json::object({{"reason", withdrawn.reason}, {"at", rfc3339(withdrawn.at)}, {"by", withdrawn.by}});
  };
  return Json::object({{"id", waiver.id},
                       {"model", waiver.version.model},
                       {"version", waiver.version.text()},
                       {"stage", waiver.stage},
                       {"check", waiver.check},
                       {"condition", waiver.condition.empty() ? Json{} : Json{waiver.condition}},
                       {"reason", waiver.reason},
                       {"until", rfc3339(waiver.until)},
                       {"at", rfc3339(waiver.at)},
                       {"by", waiver.by},
                       {"withdrawn", waiver.withdrawn ? withdrawal(*waiver.withdrawn) : Json{}}});
}

Json to_json(const RunRelease& release) {
  return Json::object({{"run", release.run}, {"at", rfc3339(release.at)}, {"by", release.by}});
}

Json to_json(const Collection& collection) {
  return Json::object({{"id", collection.id},
                       {"objects", collection.objects},
                       {"bytes", collection.bytes},
                       {"freed_bytes", collection.freed_bytes},
                       {"runs", collection.runs},
                       {"at", rfc3339(collection.at)},
                       {"by", collection.by}});
}

Json to_json(const Evidence& evidence) {
  return Json::object({{"check", evidence.check},
                       {"result", name_of(evidence.result)},
                       {"wanted", evidence.wanted},
                       {"found", evidence.found},
                       {"reason", evidence.reason},
                       {"figures", evidence.figures},
                       {"duration_ms", evidence.duration_ms},
                       {"severity", name_of(evidence.severity)},
                       {"waiver", evidence.waiver ? met_waiver(*evidence.waiver) : Json{}}});
}

Json to_json(const Verdict& verdict) {
  return Json::object({{"id", verdict.id},
                       {"model", verdict.version.model},
                       {"version", verdict.version.text()},
                       {"stage", verdict.stage},
                       {"result", name_of(verdict.result)},
                       {"evidence", list_of(verdict.evidence)},
                       {"policy_blob", verdict.policy_blob},
                       {"policy_source", verdict.policy_source},
                       {"tool_version", verdict.tool_version},
                       {"at", rfc3339(verdict.at)},
                       {"by", verdict.by}});
}

Json to_json(const std::vector<RunOutput>& outputs) { return list_of(outputs); }
Json to_json(const std::vector<DataUse>& data) { return list_of(data); }

}  // namespace mlops::domain
