#include "rows.hpp"

#include <utility>

#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/support/error.hpp>

namespace mlops::store::sqlite {

namespace {

// Words that the program itself wrote: another one is damage.
template <typename Parse>
auto word_from(Statement& row, const Parse& parse) {
  const auto word = row.take<std::string>();
  try {
    return parse(word);
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("the registry database holds an unknown word: {}", error.message())};
  }
}

std::optional<domain::SemVer> semver_from(Statement& row) {
  const auto text = row.take<std::optional<std::string>>();
  if (!text) return std::nullopt;
  const auto semver = domain::SemVer::parse(*text);
  if (!semver) throw Error{ErrorKind::integrity, fmt::format("the registry database holds a broken SemVer: {}", *text)};
  return semver;
}

std::optional<domain::VersionId> version_id_from(Statement& row) {
  const auto model = row.take<std::optional<std::string>>();
  const auto number = row.take<std::int64_t>();
  if (!model) return std::nullopt;
  return domain::VersionId{*model, number};
}

std::optional<domain::References> references_from(Statement& row) {
  domain::References references;
  references.count = row.take<std::int64_t>();
  references.bytes = row.take<std::uint64_t>();
  const auto digest = row.take<std::optional<Digest>>();
  if (!digest) return std::nullopt;
  references.digest = *digest;
  return references;
}

std::optional<domain::Inspected> inspected_from(Statement& row) {
  domain::Inspected inspected;
  inspected.format = row.take<std::optional<std::string>>().value_or("");
  inspected.architecture = row.take<std::optional<std::string>>().value_or("");
  inspected.licence = row.take<std::optional<std::string>>().value_or("");
  inspected.quantisation = row.take<std::optional<std::string>>().value_or("");
  inspected.parameters = row.take<std::optional<std::uint64_t>>();
  const auto scan = row.take<std::optional<std::string>>();
  inspected.code_warnings = row.take<std::int64_t>();
  const auto details = row.take<std::optional<Digest>>();
  if (!scan || !details) return std::nullopt;
  inspected.safety = domain::parse_safety(*scan);
  inspected.details = *details;
  return inspected;
}

domain::Metrics metrics_of(Database& database, std::int64_t id) {
  domain::Metrics metrics;
  auto row = database.query("SELECT name, value FROM metric WHERE version_id = ?", id);
  while (row.step()) {
    auto name = row.take<std::string>();
    metrics.emplace_hint(metrics.end(), std::move(name), row.take<double>());
  }
  return metrics;
}

domain::Params params_of(Database& database, std::int64_t id) {
  domain::Params params;
  auto row = database.query("SELECT name, json FROM param WHERE version_id = ?", id);
  while (row.step()) {
    auto name = row.take<std::string>();
    params.emplace_hint(params.end(), std::move(name), row.take<Json>());
  }
  return params;
}

std::vector<domain::DataUse> data_from(Statement rows) {
  std::vector<domain::DataUse> data;
  while (rows.step()) {
    domain::DataUse use;
    use.role = rows.take<std::string>();
    use.dataset = rows.take<std::string>();
    use.number = rows.take<std::int64_t>();
    use.digest = rows.take<Digest>();
    data.push_back(std::move(use));
  }
  return data;
}

}  // namespace

domain::Model model_from(Statement& row) {
  domain::Model model;
  model.name = row.take<std::string>();
  model.created_at = row.take<Timestamp>();
  model.created_by = row.take<std::string>();
  return model;
}

std::optional<domain::GitState> git_from(Statement& row) {
  const auto commit = row.take<std::optional<std::string>>();
  domain::GitState git;
  git.commit = commit.value_or("");
  git.branch = row.take<std::optional<std::string>>();
  git.remote = row.take<std::optional<std::string>>();
  git.path = row.take<std::string>();
  git.dirty = row.take<bool>();
  git.diff = row.take<std::optional<Digest>>();
  if (!commit) return std::nullopt;
  return git;
}

void bind_git(Statement& statement, const std::optional<domain::GitState>& git) {
  if (git) {
    statement.bind(git->commit, git->branch, git->remote, git->path, git->dirty, git->diff);
  } else {
    statement.bind(std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt);
  }
}

VersionRow version_from(Database& database, Statement& row) {
  VersionRow result;
  result.id = row.take<std::int64_t>();
  domain::Version& version = result.version;
  version.id.model = row.take<std::string>();
  version.id.number = row.take<std::int64_t>();
  version.digest = row.take<Digest>();
  version.file_count = row.take<std::int64_t>();
  version.total_bytes = row.take<std::uint64_t>();
  version.semver = semver_from(row);
  version.message = row.take<std::string>();
  version.parent = version_id_from(row);
  version.run = row.take<std::optional<std::int64_t>>();
  version.git = git_from(row);
  version.signature = row.take<Json>();
  version.registered_at = row.take<Timestamp>();
  version.registered_by = row.take<std::string>();
  version.references = references_from(row);
  version.inspected = inspected_from(row);
  version.metrics = metrics_of(database, result.id);
  version.params = params_of(database, result.id);
  version.data =
      data_from(database.query("SELECT x.role, d.name, d.number, x.digest FROM version_data x JOIN dataset d ON d.id = "
                               "x.dataset_id WHERE x.version_id = ? "
                               "ORDER BY x.role",
                               result.id));
  return result;
}

domain::Dataset dataset_from(Statement& row) {
  domain::Dataset dataset;
  dataset.name = row.take<std::string>();
  dataset.number = row.take<std::int64_t>();
  dataset.digest = row.take<Digest>();
  dataset.file_count = row.take<std::int64_t>();
  dataset.total_bytes = row.take<std::uint64_t>();
  dataset.rows = row.take<std::optional<std::int64_t>>();
  const Json columns = row.take<Json>();
  for (const Json& column : columns.as_array()) {
    dataset.columns.push_back({column.at("name").as_string(), column.at("type").as_string()});
  }
  dataset.source = row.take<std::string>();
  dataset.message = row.take<std::string>();
  dataset.git = git_from(row);
  dataset.added_at = row.take<Timestamp>();
  dataset.added_by = row.take<std::string>();
  dataset.references = references_from(row);
  return dataset;
}

Json columns_to_json(const std::vector<domain::ColumnSummary>& columns) {
  Json list = Json::array();
  for (const auto& column : columns) list.push_back(Json::object({{"name", column.name}, {"type", column.type}}));
  return list;
}

domain::Run run_from(Database& database, Statement& row) {
  domain::Run run;
  run.number = row.take<std::int64_t>();
  run.name = row.take<std::string>();
  run.model = row.take<std::optional<std::string>>();
  run.parent = version_id_from(row);
  const Json command = row.take<Json>();
  for (const Json& argument : command.as_array()) run.command.push_back(argument.as_string());
  run.directory = row.take<std::string>();
  run.status = word_from(row, domain::parse_run_status);
  run.exit_code = row.take<std::optional<int>>();
  run.failure = row.take<std::string>();
  run.params = domain::params_from_json(row.take<Json>());
  run.param_overrides = domain::params_from_json(row.take<Json>());
  run.outputs = domain::outputs_from_json(row.take<Json>());
  run.metrics = domain::metrics_from_json(row.take<Json>());
  run.environment = row.take<Json>();
  run.git = git_from(row);
  run.log = row.take<std::optional<Digest>>();
  run.seed = row.take<std::optional<std::int64_t>>();
  run.started_at = row.take<Timestamp>();
  run.ended_at = row.take<std::optional<Timestamp>>();
  run.host = row.take<std::string>();
  run.pid = row.take<std::optional<std::int64_t>>();
  run.started_by = row.take<std::string>();
  run.execution = row.take<Json>();
  run.series = row.take<std::optional<Digest>>();
  run.search = row.take<std::optional<std::int64_t>>();
  run.trial = row.take<std::optional<std::int64_t>>();
  run.search_plan = row.take<Json>();
  run.inputs =
      data_from(database.query("SELECT x.role, d.name, d.number, x.digest FROM run_input x JOIN dataset d ON d.id = "
                               "x.dataset_id WHERE x.run = ? "
                               "ORDER BY x.role",
                               run.number));
  return run;
}

Json command_to_json(const std::vector<std::string>& command) {
  Json list = Json::array();
  for (const auto& argument : command) list.push_back(argument);
  return list;
}

domain::StageChange change_from(Statement& row) {
  domain::StageChange change;
  change.id = row.take<std::int64_t>();
  change.model = row.take<std::string>();
  change.stage = row.take<std::string>();
  change.version = row.take<std::optional<std::int64_t>>().value_or(0);
  change.previous = row.take<std::optional<std::int64_t>>();
  change.kind = word_from(row, domain::parse_change_kind);
  change.verdict = row.take<std::optional<std::int64_t>>();
  change.message = row.take<std::string>();
  change.at = row.take<Timestamp>();
  change.by = row.take<std::string>();
  return change;
}

domain::Verdict verdict_from(Statement& row) {
  domain::Verdict verdict;
  verdict.id = row.take<std::int64_t>();
  verdict.version.model = row.take<std::string>();
  verdict.version.number = row.take<std::int64_t>();
  verdict.stage = row.take<std::string>();
  verdict.result = word_from(row, domain::parse_verdict_result);
  verdict.evidence = domain::evidence_from_json(row.take<Json>());
  verdict.policy_blob = row.take<std::string>();
  verdict.policy_source = row.take<std::string>();
  verdict.tool_version = row.take<std::string>();
  verdict.at = row.take<Timestamp>();
  verdict.by = row.take<std::string>();
  return verdict;
}

domain::Waiver waiver_from(Statement& row) {
  domain::Waiver waiver;
  waiver.id = row.take<std::int64_t>();
  waiver.version.model = row.take<std::string>();
  waiver.version.number = row.take<std::int64_t>();
  waiver.stage = row.take<std::string>();
  waiver.check = row.take<std::string>();
  waiver.condition = row.take<std::string>();
  waiver.reason = row.take<std::string>();
  waiver.until = row.take<Timestamp>();
  waiver.at = row.take<Timestamp>();
  waiver.by = row.take<std::string>();
  if (auto reason = row.take<std::optional<std::string>>()) {
    domain::Withdrawal withdrawn;
    withdrawn.reason = std::move(*reason);
    withdrawn.at = row.take<Timestamp>();
    withdrawn.by = row.take<std::string>();
    waiver.withdrawn = std::move(withdrawn);
  }
  return waiver;
}

domain::Approval approval_from(Statement& row) {
  domain::Approval approval;
  approval.id = row.take<std::int64_t>();
  approval.version.model = row.take<std::string>();
  approval.version.number = row.take<std::int64_t>();
  approval.stage = row.take<std::string>();
  approval.decision = word_from(row, domain::parse_decision);
  approval.reason = row.take<std::string>();
  approval.at = row.take<Timestamp>();
  approval.by = row.take<std::string>();
  return approval;
}

domain::MonitorReference reference_from(Statement& row) {
  domain::MonitorReference reference;
  reference.version.model = row.take<std::string>();
  reference.version.number = row.take<std::int64_t>();
  reference.source = row.take<std::string>();
  reference.data = row.take<Digest>();
  reference.rows = row.take<std::uint64_t>();
  reference.columns = row.take<std::int64_t>();
  reference.frozen = row.take<Digest>();
  reference.at = row.take<Timestamp>();
  reference.by = row.take<std::string>();
  return reference;
}

domain::MonitorHoldout holdout_from(Statement& row) {
  domain::MonitorHoldout holdout;
  holdout.version.model = row.take<std::string>();
  holdout.version.number = row.take<std::int64_t>();
  holdout.source = row.take<std::string>();
  holdout.content = row.take<Digest>();
  holdout.predictions = row.take<Digest>();
  holdout.rows = row.take<std::uint64_t>();
  holdout.at = row.take<Timestamp>();
  holdout.by = row.take<std::string>();
  return holdout;
}

domain::Batch batch_from(Statement& row) {
  domain::Batch batch;
  batch.id = row.take<std::int64_t>();
  batch.version.model = row.take<std::string>();
  batch.version.number = row.take<std::int64_t>();
  batch.source = row.take<std::string>();
  batch.content = row.take<Digest>();
  batch.rows = row.take<std::uint64_t>();
  batch.at = row.take<Timestamp>();
  const auto content = row.take<std::optional<Digest>>();
  const auto object = row.take<std::optional<Digest>>();
  const auto rows = row.take<std::optional<std::uint64_t>>();
  const auto known = row.take<std::optional<std::uint64_t>>();
  if (content && object) {
    batch.predictions = {.content = *content, .object = *object, .rows = rows.value_or(0), .known = known.value_or(0)};
  }
  batch.figures = domain::figures_from_json(row.take<Json>());
  batch.recorded_at = row.take<Timestamp>();
  batch.recorded_by = row.take<std::string>();
  batch.counts = row.take<std::optional<Digest>>();
  return batch;
}

domain::Outcomes outcomes_from(Statement& row) {
  domain::Outcomes outcomes;
  outcomes.id = row.take<std::int64_t>();
  outcomes.version.model = row.take<std::string>();
  outcomes.version.number = row.take<std::int64_t>();
  outcomes.source = row.take<std::string>();
  outcomes.content = row.take<Digest>();
  outcomes.object = row.take<Digest>();
  outcomes.rows = row.take<std::uint64_t>();
  outcomes.at = row.take<Timestamp>();
  outcomes.by = row.take<std::string>();
  return outcomes;
}

std::vector<domain::FileEntry> files_from(Statement& rows) {
  std::vector<domain::FileEntry> files;
  while (rows.step()) {
    domain::FileEntry file;
    file.path = rows.take<std::string>();
    file.digest = rows.take<Digest>();
    file.size = rows.take<std::uint64_t>();
    file.executable = rows.take<bool>();
    file.uri = rows.take<std::string>();
    files.push_back(std::move(file));
  }
  return files;
}

domain::Tags tags_from(Statement& rows) {
  domain::Tags tags;
  while (rows.step()) {
    auto name = rows.take<std::string>();
    tags.emplace_hint(tags.end(), std::move(name), rows.take<std::string>());
  }
  return tags;
}

}  // namespace mlops::store::sqlite
