#include "writer.hpp"

#include <utility>

#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/support/error.hpp>

#include "derived.hpp"
#include "rows.hpp"
#include "semver_key.hpp"

namespace mlops::store::sqlite {

namespace {

std::int64_t id_from(Statement row, const std::string& missing) {
  if (!row.step()) throw Error{ErrorKind::not_found, fmt::format("there is no {} in the registry", missing)};
  return row.take<std::int64_t>();
}

void bind_references(Statement& statement, const std::optional<domain::References>& references) {
  if (references) {
    statement.bind(references->count, references->bytes, references->digest);
  } else {
    statement.bind(0, 0, std::nullopt);
  }
}

void bind_inspected(Statement& statement, const std::optional<domain::Inspected>& inspected) {
  if (!inspected) {
    statement.bind(std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, 0, std::nullopt);
    return;
  }
  statement.bind(inspected->format, inspected->architecture, inspected->licence, inspected->quantisation,
                 inspected->parameters, name_of(inspected->safety), inspected->code_warnings, inspected->details);
}

void insert_files(Statement insert, std::int64_t owner, const std::vector<domain::FileEntry>& files) {
  for (const auto& file : files) {
    insert.bind(owner, file.path, file.digest, file.size, file.executable, file.uri).run();
  }
}

// Of those that are not deleted; 0 without any.
std::int64_t newest_version(Database& database, std::int64_t model) {
  auto row = database.query(
      "SELECT number FROM version v WHERE model_id = ? AND NOT EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id) "
      "ORDER BY number DESC LIMIT 1",
      model);
  return row.step() ? row.take<std::int64_t>() : 0;
}

// What a param sorts and compares by: a number or a text; null stays null.
void bind_comparable(Statement& statement, const Json& value) {
  if (value.is_null()) {
    statement.bind(std::nullopt);
  } else if (value.is_integer()) {
    statement.bind(value.as_integer());
  } else if (value.is_number()) {
    statement.bind(value.as_double());
  } else if (value.is_string()) {
    statement.bind(value.as_string());
  } else {
    statement.bind(canonical(value));
  }
}

}  // namespace

Writer::Writer(Database& database, domain::Origin origin, Timestamp now)
    : WriteTransaction{std::move(origin), now},
      database_{database},
      transaction_{database, Transaction::Kind::write},
      view_{database} {}

std::int64_t Writer::model_id(std::string_view name) {
  return id_from(database_.query("SELECT id FROM model WHERE name = ?", name), fmt::format("model `{}`", name));
}

std::int64_t Writer::version_id(const domain::VersionId& id) {
  return id_from(
      database_.query("SELECT id FROM version WHERE model_id = (SELECT id FROM model WHERE name = ?) AND number = ?",
                      id.model, id.number),
      fmt::format("version `{}`", id.text()));
}

std::optional<std::int64_t> Writer::version_id(const std::optional<domain::VersionId>& id) {
  if (!id) return std::nullopt;
  return version_id(*id);
}

std::int64_t Writer::dataset_id(const domain::DataUse& use) {
  return id_from(database_.query("SELECT id FROM dataset WHERE name = ? AND number = ?", use.dataset, use.number),
                 fmt::format("dataset `{}@{}`", use.dataset, use.number));
}

void Writer::do_insert_model(const domain::Model& model) {
  database_.run("INSERT INTO model(name, created_at, created_by) VALUES (?, ?, ?)", model.name, model.created_at,
                model.created_by);
}

std::int64_t Writer::do_insert_version(const domain::Version& version, const std::vector<domain::FileEntry>& files) {
  const std::int64_t model = model_id(version.id.model);
  std::int64_t number = 0;
  {
    // The counter and not the rows gives the number, so that none is ever given twice.
    auto counter = database_.query(
        "UPDATE model SET last_number = last_number + 1, latest_number = last_number + 1, version_count = "
        "version_count + 1, "
        "last_version_at = ? WHERE "
        "id = ? "
        "RETURNING last_number",
        version.registered_at, model);
    counter.step();
    number = counter.take<std::int64_t>();
    counter.step();
  }
  auto insert = database_.query(
      "INSERT INTO version(model_id, number, digest, file_count, total_bytes, semver, semver_key, is_release, message, "
      "parent_id, "
      "run, signature, registered_at, registered_by, git_commit, git_branch, git_remote, git_path, git_dirty, "
      "git_diff, reference_count, reference_bytes, reference_digest, format, architecture, licence, quantisation, "
      "parameters, scan, code_warnings, inspection) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      model, number, version.digest, version.file_count, version.total_bytes);
  if (version.semver) {
    insert.bind(version.semver->text(), semver_key(*version.semver), version.semver->prerelease.empty());
  } else {
    insert.bind(std::nullopt, std::nullopt, false);
  }
  insert.bind(version.message, version_id(version.parent), version.run, version.signature, version.registered_at,
              version.registered_by);
  bind_git(insert, version.git);
  bind_references(insert, version.references);
  bind_inspected(insert, version.inspected);
  insert.run();
  const std::int64_t id = database_.last_id();

  insert_files(
      database_.prepare(
          "INSERT INTO version_file(version_id, path, digest, size, executable, uri) VALUES (?, ?, ?, ?, ?, ?)"),
      id, files);
  insert_metrics_and_params(version, id, model);
  for (const auto& use : version.data) {
    database_.run("INSERT INTO version_data(version_id, role, dataset_id, digest) VALUES (?, ?, ?, ?)", id, use.role,
                  dataset_id(use), use.digest);
  }
  return number;
}

void Writer::insert_metrics_and_params(const domain::Version& version, std::int64_t id, std::int64_t model) {
  for (const auto& [name, value] : version.metrics) {
    database_.run("INSERT INTO metric(version_id, name, value, model_id) VALUES (?, ?, ?, ?)", id, name, value, model);
  }
  for (const auto& [name, value] : version.params) {
    auto insert =
        database_.query("INSERT INTO param(version_id, name, value, json, model_id) VALUES (?, ?, ?, ?, ?)", id, name);
    bind_comparable(insert, value);
    insert.bind(to_line(value), model).run();
  }
}

void Writer::do_replace_tags(const domain::VersionId& id, const domain::Tags& tags) {
  const std::int64_t version = version_id(id);
  database_.run("DELETE FROM tag WHERE version_id = ?", version);
  for (const auto& [name, value] : tags) {
    database_.run("INSERT INTO tag(version_id, name, value) VALUES (?, ?, ?)", version, name, value);
  }
}

void Writer::do_set_deprecation(const domain::VersionId& id, const std::optional<domain::Deprecation>& deprecation) {
  const std::int64_t version = version_id(id);
  database_.run("DELETE FROM deprecation WHERE version_id = ?", version);
  if (!deprecation) return;
  database_.run("INSERT INTO deprecation(version_id, reason, at, actor) VALUES (?, ?, ?, ?)", version,
                deprecation->reason, deprecation->at, deprecation->by);
}

void Writer::do_insert_deletion(const domain::VersionId& id, const domain::Deletion& deletion) {
  database_.run("INSERT INTO deletion(version_id, reason, at, actor) VALUES (?, ?, ?, ?)", version_id(id),
                deletion.reason, deletion.at, deletion.by);
  const std::int64_t model = model_id(id.model);
  const auto latest = newest_version(database_, model);
  database_.run(
      "UPDATE model SET version_count = version_count - 1, latest_number = ?, last_version_at = (SELECT registered_at "
      "FROM version WHERE model_id = ?2 AND number = ?1) WHERE id = ?2",
      latest, model);
}

void Writer::do_set_alias(const std::string& model, const std::string& alias, std::optional<std::int64_t> target) {
  if (!target) {
    database_.run("DELETE FROM alias WHERE model_id = ? AND name = ?", model_id(model), alias);
    return;
  }
  database_.run(
      "INSERT INTO alias(model_id, name, version_id) VALUES (?, ?, ?) "
      "ON CONFLICT(model_id, name) DO UPDATE SET version_id = excluded.version_id",
      model_id(model), alias, version_id(domain::VersionId{model, *target}));
}

std::int64_t Writer::do_insert_stage_change(const domain::StageChange& change) {
  const std::int64_t model = model_id(change.model);
  std::optional<std::int64_t> version;
  if (change.version != 0) version = version_id(domain::VersionId{change.model, change.version});
  std::optional<std::int64_t> previous;
  if (change.previous) previous = version_id(domain::VersionId{change.model, *change.previous});
  database_.run(
      "INSERT INTO stage_change(model_id, stage, version_id, previous_id, kind, verdict, message, at, actor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      model, change.stage, version, previous, domain::name_of(change.kind), change.verdict, change.message, change.at,
      change.by);
  const std::int64_t id = database_.last_id();
  database_.run(
      "INSERT INTO stage_holder(model_id, stage, version_id, change_id) VALUES (?, ?, ?, ?) "
      "ON CONFLICT(model_id, stage) DO UPDATE SET version_id = excluded.version_id, change_id = excluded.change_id",
      model, change.stage, version, id);
  return id;
}

std::int64_t Writer::do_insert_verdict(const domain::Verdict& verdict) {
  Json evidence = Json::array();
  for (const auto& item : verdict.evidence) evidence.push_back(domain::to_json(item));
  database_.run(
      "INSERT INTO verdict(version_id, stage, result, evidence, policy_blob, policy_source, tool_version, at, actor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      version_id(verdict.version), verdict.stage, domain::name_of(verdict.result), evidence, verdict.policy_blob,
      verdict.policy_source, verdict.tool_version, verdict.at, verdict.by);
  return database_.last_id();
}

std::int64_t Writer::do_insert_approval(const domain::Approval& approval) {
  database_.run("INSERT INTO approval(version_id, stage, decision, reason, at, actor) VALUES (?, ?, ?, ?, ?, ?)",
                version_id(approval.version), approval.stage, domain::name_of(approval.decision), approval.reason,
                approval.at, approval.by);
  return database_.last_id();
}

std::int64_t Writer::do_insert_waiver(const domain::Waiver& waiver) {
  database_.run(
      "INSERT INTO waiver(version_id, stage, check_name, condition, reason, until, at, actor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      version_id(waiver.version), waiver.stage, waiver.check, waiver.condition, waiver.reason, waiver.until, waiver.at,
      waiver.by);
  return database_.last_id();
}

void Writer::do_insert_withdrawal(std::int64_t waiver, const domain::Withdrawal& withdrawal) {
  database_.run("INSERT INTO waiver_withdrawal(waiver, reason, at, actor) VALUES (?, ?, ?, ?)", waiver,
                withdrawal.reason, withdrawal.at, withdrawal.by);
}

std::int64_t Writer::do_insert_dataset(const domain::Dataset& dataset, const std::vector<domain::FileEntry>& files) {
  const std::int64_t number = view_.latest_dataset(dataset.name).value_or(0) + 1;
  auto insert = database_.query(
      "INSERT INTO dataset(name, number, digest, file_count, total_bytes, row_count, columns, source, message, "
      "added_at, added_by, "
      "git_commit, git_branch, git_remote, git_path, git_dirty, git_diff, "
      "reference_count, reference_bytes, reference_digest) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      dataset.name, number, dataset.digest, dataset.file_count, dataset.total_bytes, dataset.rows,
      columns_to_json(dataset.columns), dataset.source, dataset.message, dataset.added_at, dataset.added_by);
  bind_git(insert, dataset.git);
  bind_references(insert, dataset.references);
  insert.run();
  insert_files(
      database_.prepare(
          "INSERT INTO dataset_file(dataset_id, path, digest, size, executable, uri) VALUES (?, ?, ?, ?, ?, ?)"),
      database_.last_id(), files);
  return number;
}

std::int64_t Writer::do_insert_run(const domain::Run& run) {
  auto insert = database_.query(
      "INSERT INTO run(name, model, parent_id, command, directory, status, exit_code, failure, params, "
      "param_overrides, outputs, "
      "metrics, environment, log, seed, started_at, ended_at, host, pid, started_by, execution, series, search, "
      "trial, search_plan, git_commit, git_branch, git_remote, git_path, git_dirty, git_diff) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      run.name, run.model, version_id(run.parent), command_to_json(run.command), run.directory,
      domain::name_of(run.status), run.exit_code, run.failure, domain::to_json(run.params),
      domain::to_json(run.param_overrides), domain::to_json(run.outputs), domain::to_json(run.metrics), run.environment,
      run.log, run.seed, run.started_at, run.ended_at, run.host, run.pid, run.started_by, run.execution, run.series,
      run.search, run.trial, run.search_plan);
  bind_git(insert, run.git);
  insert.run();
  domain::Run numbered = run;
  numbered.number = database_.last_id();
  insert_inputs(numbered);
  insert_figures(numbered);
  return numbered.number;
}

void Writer::do_update_run(const domain::Run& run) {
  auto update = database_.query(
      "UPDATE run SET name = ?, model = ?, parent_id = ?, command = ?, directory = ?, status = ?, exit_code = ?, "
      "failure = ?, "
      "params = ?, param_overrides = ?, outputs = ?, metrics = ?, environment = ?, log = ?, seed = ?, started_at = ?, "
      "ended_at = ?, "
      "host = ?, pid = ?, started_by = ?, execution = ?, series = ?, search = ?, trial = ?, "
      "search_plan = ?, "
      "git_commit = ?, git_branch = ?, git_remote = ?, git_path = ?, git_dirty = ?, git_diff = ? WHERE number = ?",
      run.name, run.model, version_id(run.parent), command_to_json(run.command), run.directory,
      domain::name_of(run.status), run.exit_code, run.failure, domain::to_json(run.params),
      domain::to_json(run.param_overrides), domain::to_json(run.outputs), domain::to_json(run.metrics), run.environment,
      run.log, run.seed, run.started_at, run.ended_at, run.host, run.pid, run.started_by, run.execution, run.series,
      run.search, run.trial, run.search_plan);
  bind_git(update, run.git);
  update.bind(run.number).run();
  database_.run("DELETE FROM run_input WHERE run = ?", run.number);
  insert_inputs(run);
  database_.run("DELETE FROM run_metric WHERE run = ?", run.number);
  database_.run("DELETE FROM run_param WHERE run = ?", run.number);
  insert_figures(run);
}

// What runs are sorted and filtered by.
void Writer::insert_figures(const domain::Run& run) {
  for (const auto& [name, value] : run.metrics) {
    database_.run("INSERT INTO run_metric(run, name, value) VALUES (?, ?, ?)", run.number, name, value);
  }
  for (const auto& [name, value] : run.params) {
    auto insert = database_.query("INSERT INTO run_param(run, name, value) VALUES (?, ?, ?)", run.number, name);
    bind_comparable(insert, value);
    insert.run();
  }
}

void Writer::insert_inputs(const domain::Run& run) {
  for (const auto& use : run.inputs) {
    database_.run("INSERT INTO run_input(run, role, dataset_id, digest) VALUES (?, ?, ?, ?)", run.number, use.role,
                  dataset_id(use), use.digest);
  }
}

bool Writer::do_insert_release(const domain::RunRelease& release) {
  return database_
      .query("INSERT INTO run_release(run, at, actor) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING run",
             release.run, release.at, release.by)
      .step();
}

std::int64_t Writer::do_insert_collection(const domain::Collection& collection) {
  database_.run("INSERT INTO collection(objects, bytes, freed_bytes, runs, at, actor) VALUES (?, ?, ?, ?, ?, ?)",
                collection.objects, collection.bytes, collection.freed_bytes, collection.runs, collection.at,
                collection.by);
  return database_.last_id();
}

void Writer::do_append_event(const domain::Event& event, const std::string& canonical, const Digest& leaf,
                             const domain::MerkleFrontier& head) {
  database_.run("INSERT INTO event(sequence, canonical, leaf, at, model, actor, kind) VALUES (?, ?, ?, ?, ?, ?, ?)",
                event.sequence, canonical, leaf, event.at, model_of(event), event.origin.actor, event.kind);
  std::vector<std::uint8_t> hashes;
  for (const Digest& hash : head.hashes()) hashes.insert(hashes.end(), hash.bytes().begin(), hash.bytes().end());
  database_.run("UPDATE log_head SET size = ?, hashes = ?, root = ?", head.size(), hashes, head.root());
}

}  // namespace mlops::store::sqlite
