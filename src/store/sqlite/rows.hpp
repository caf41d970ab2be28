// Rows of the database as records of the domain, and back. Each list of columns is read in its order by the function
// beside it.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <mlops/domain/records.hpp>
#include <mlops/domain/trigger.hpp>
#include <mlops/domain/verdict.hpp>

#include "db.hpp"

namespace mlops::store::sqlite {

inline constexpr std::string_view model_columns = "name, created_at, created_by";
domain::Model model_from(Statement& row);

// Of a table that carries the git columns, `t` its alias.
std::optional<domain::GitState> git_from(Statement& row);
void bind_git(Statement& statement, const std::optional<domain::GitState>& git);

// Of `version v`; metrics, params and data are read by number after that.
inline constexpr std::string_view version_columns =
    "v.id, (SELECT name FROM model WHERE id = v.model_id), v.number, v.digest, v.file_count, v.total_bytes, v.semver, "
    "v.message, "
    "(SELECT pm.name FROM version p JOIN model pm ON pm.id = p.model_id WHERE p.id = v.parent_id), "
    "(SELECT p.number FROM version p WHERE p.id = v.parent_id), "
    "v.run, v.git_commit, v.git_branch, v.git_remote, v.git_path, v.git_dirty, v.git_diff, v.signature, "
    "v.registered_at, v.registered_by, v.reference_count, v.reference_bytes, v.reference_digest, v.format, "
    "v.architecture, v.licence, "
    "v.quantisation, v.parameters, v.scan, v.code_warnings, v.inspection";
struct VersionRow {
  std::int64_t id = 0;
  domain::Version version;
};
VersionRow version_from(Database& database, Statement& row);

// Of `dataset d`.
inline constexpr std::string_view dataset_columns =
    "d.name, d.number, d.digest, d.file_count, d.total_bytes, d.row_count, d.columns, d.source, d.message, "
    "d.git_commit, d.git_branch, d.git_remote, d.git_path, d.git_dirty, d.git_diff, d.added_at, d.added_by, "
    "d.reference_count, d.reference_bytes, d.reference_digest";
domain::Dataset dataset_from(Statement& row);
Json columns_to_json(const std::vector<domain::ColumnSummary>& columns);

// Of `run r`; inputs are read by number after that.
inline constexpr std::string_view run_columns =
    "r.number, r.name, r.model, "
    "(SELECT pm.name FROM version p JOIN model pm ON pm.id = p.model_id WHERE p.id = r.parent_id), "
    "(SELECT p.number FROM version p WHERE p.id = r.parent_id), "
    "r.command, r.directory, r.status, r.exit_code, r.failure, r.params, r.param_overrides, r.outputs, r.metrics, "
    "r.environment, "
    "r.git_commit, r.git_branch, r.git_remote, r.git_path, r.git_dirty, r.git_diff, "
    "r.log, r.seed, r.started_at, r.ended_at, r.host, r.pid, r.started_by, r.execution, "
    "r.series, r.search, r.trial, r.search_plan";
domain::Run run_from(Database& database, Statement& row);
Json command_to_json(const std::vector<std::string>& command);

// Of `stage_change c`.
inline constexpr std::string_view change_columns =
    "c.id, (SELECT name FROM model WHERE id = c.model_id), c.stage, (SELECT number FROM version WHERE id = "
    "c.version_id), "
    "(SELECT number FROM version WHERE id = c.previous_id), c.kind, c.verdict, c.message, c.at, c.actor";
domain::StageChange change_from(Statement& row);

// Of `verdict x JOIN version v`.
inline constexpr std::string_view verdict_columns =
    "x.id, (SELECT name FROM model WHERE id = v.model_id), v.number, x.stage, x.result, x.evidence, x.policy_blob, "
    "x.policy_source, "
    "x.tool_version, x.at, x.actor";
domain::Verdict verdict_from(Statement& row);

// Of `approval x JOIN version v`.
inline constexpr std::string_view approval_columns =
    "x.id, (SELECT name FROM model WHERE id = v.model_id), v.number, x.stage, x.decision, x.reason, x.at, x.actor";
domain::Approval approval_from(Statement& row);

inline constexpr std::string_view waiver_tables =
    "waiver x JOIN version v ON v.id = x.version_id LEFT JOIN waiver_withdrawal w ON w.waiver = x.id";
inline constexpr std::string_view waiver_columns =
    "x.id, (SELECT name FROM model WHERE id = v.model_id), v.number, x.stage, x.check_name, x.condition, x.reason, "
    "x.until, x.at, x.actor, w.reason, w.at, w.actor";
domain::Waiver waiver_from(Statement& row);

// Of `monitor_reference x JOIN version v`, and so on.
inline constexpr std::string_view reference_columns =
    "(SELECT name FROM model WHERE id = v.model_id), v.number, x.source, x.data, x.row_count, x.column_count, "
    "x.frozen, "
    "x.at, x.actor";
domain::MonitorReference reference_from(Statement& row);
inline constexpr std::string_view holdout_columns =
    "(SELECT name FROM model WHERE id = v.model_id), v.number, x.source, x.content, x.predictions, x.row_count, x.at, "
    "x.actor";
domain::MonitorHoldout holdout_from(Statement& row);
inline constexpr std::string_view batch_columns =
    "x.id, (SELECT name FROM model WHERE id = v.model_id), v.number, x.source, x.content, x.row_count, x.data_at, "
    "x.predictions_content, x.predictions, x.prediction_count, x.known_count, x.figures, x.at, x.actor, "
    "(SELECT digest FROM batch_counts WHERE batch = x.id)";
domain::Batch batch_from(Statement& row);
inline constexpr std::string_view outcomes_columns =
    "x.id, (SELECT name FROM model WHERE id = v.model_id), v.number, x.source, x.content, x.object, x.row_count, x.at, "
    "x.actor";
domain::Outcomes outcomes_from(Statement& row);

inline constexpr std::string_view file_columns = "path, digest, size, executable, uri";
std::vector<domain::FileEntry> files_from(Statement& rows);

// Of `firing f`.
void for_each_firing(Database& database, const std::function<void(const domain::Firing&)>& visit);

domain::Tags tags_from(Statement& rows);  // name, value

}  // namespace mlops::store::sqlite
