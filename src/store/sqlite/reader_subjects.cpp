// The whole present state, subject by subject, for `audit verify`.
#include <fmt/format.h>

#include <mlops/domain/event.hpp>

#include "alias_state.hpp"
#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

namespace {

using Visit = std::function<void(const std::string& subject, const Json& state)>;

void visit_models(Database& database, const Visit& visit) {
  auto row = database.query("SELECT name, created_at, created_by FROM model ORDER BY id");
  while (row.step()) {
    const auto model = model_from(row);
    visit(domain::subject_of(model), domain::to_json(model));
  }
}

void visit_versions(Database& database, const Visit& visit) {
  auto row = database.query(fmt::format("SELECT {} FROM version v ORDER BY v.id", version_columns));
  while (row.step()) {
    const auto version = version_from(database, row).version;
    visit(domain::subject_of(version), domain::event_state(version));
  }
}

void visit_tags(Database& database, const Visit& visit) {
  auto row = database.query(
      "SELECT v.id, (SELECT name FROM model WHERE id = v.model_id), v.number FROM version v "
      "WHERE EXISTS (SELECT 1 FROM tag WHERE version_id = v.id) ORDER BY v.id");
  while (row.step()) {
    auto tags = database.query("SELECT name, value FROM tag WHERE version_id = ?", row.take<std::int64_t>());
    domain::VersionId id;
    id.model = row.take<std::string>();
    id.number = row.take<std::int64_t>();
    visit(domain::tags_subject(id), domain::to_json(tags_from(tags)));
  }
}

void visit_deprecations(Database& database, const Visit& visit) {
  auto row = database.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id), v.number, d.reason, d.at, d.actor "
      "FROM deprecation d CROSS JOIN version v ON v.id = d.version_id ORDER BY d.version_id");
  while (row.step()) {
    domain::VersionId id;
    id.model = row.take<std::string>();
    id.number = row.take<std::int64_t>();
    domain::Deprecation deprecation;
    deprecation.reason = row.take<std::string>();
    deprecation.at = row.take<Timestamp>();
    deprecation.by = row.take<std::string>();
    visit(domain::deprecation_subject(id), domain::to_json(deprecation));
  }
}

void visit_deletions(Database& database, const Visit& visit) {
  auto row = database.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id), v.number, d.reason, d.at, d.actor "
      "FROM deletion d CROSS JOIN version v ON v.id = d.version_id ORDER BY d.version_id");
  while (row.step()) {
    domain::VersionId id;
    id.model = row.take<std::string>();
    id.number = row.take<std::int64_t>();
    domain::Deletion deletion;
    deletion.reason = row.take<std::string>();
    deletion.at = row.take<Timestamp>();
    deletion.by = row.take<std::string>();
    visit(domain::deletion_subject(id), domain::to_json(deletion));
  }
}

void visit_stages(Database& database, const Visit& visit) {
  auto row = database.query(
      fmt::format("SELECT {} FROM stage_holder h CROSS JOIN stage_change c ON c.id = h.change_id", change_columns));
  while (row.step()) {
    const auto change = change_from(row);
    visit(domain::stage_subject(change.model, change.stage), domain::to_json(change));
  }
}

void visit_aliases(Database& database, const Visit& visit) {
  auto row = database.query(
      "SELECT (SELECT name FROM model WHERE id = a.model_id), a.name, (SELECT number FROM version WHERE id = "
      "a.version_id) "
      "FROM alias a");
  while (row.step()) {
    const auto model = row.take<std::string>();
    const auto alias = row.take<std::string>();
    visit(domain::alias_subject(model, alias), alias_state(model, alias, row.take<std::int64_t>()));
  }
}

void visit_evidence(Database& database, const Visit& visit) {
  auto verdicts = database.query(fmt::format(
      "SELECT {} FROM verdict x CROSS JOIN version v ON v.id = x.version_id ORDER BY x.id", verdict_columns));
  while (verdicts.step()) {
    const auto verdict = verdict_from(verdicts);
    visit(domain::subject_of(verdict), domain::event_state(verdict));
  }
  auto approvals = database.query(fmt::format(
      "SELECT {} FROM approval x CROSS JOIN version v ON v.id = x.version_id ORDER BY x.id", approval_columns));
  while (approvals.step()) {
    const auto approval = approval_from(approvals);
    visit(domain::subject_of(approval), domain::to_json(approval));
  }
  auto waivers = database.query(fmt::format("SELECT {} FROM {} ORDER BY x.id", waiver_columns, waiver_tables));
  while (waivers.step()) {
    const auto waiver = waiver_from(waivers);
    visit(domain::subject_of(waiver), domain::to_json(waiver));
  }
}

void visit_datasets(Database& database, const Visit& visit) {
  auto row = database.query(fmt::format("SELECT {} FROM dataset d ORDER BY d.id", dataset_columns));
  while (row.step()) {
    const auto dataset = dataset_from(row);
    visit(domain::subject_of(dataset), domain::event_state(dataset));
  }
}

void visit_releases(Database& database, const Visit& visit) {
  auto row = database.query("SELECT run, at, actor FROM run_release ORDER BY run");
  while (row.step()) {
    domain::RunRelease release;
    release.run = row.take<std::int64_t>();
    release.at = row.take<Timestamp>();
    release.by = row.take<std::string>();
    visit(domain::subject_of(release), domain::to_json(release));
  }
}

void visit_collections(Database& database, const Visit& visit) {
  auto row = database.query("SELECT id, objects, bytes, freed_bytes, runs, at, actor FROM collection ORDER BY id");
  while (row.step()) {
    domain::Collection collection;
    collection.id = row.take<std::int64_t>();
    collection.objects = row.take<std::uint64_t>();
    collection.bytes = row.take<std::uint64_t>();
    collection.freed_bytes = row.take<std::uint64_t>();
    collection.runs = row.take<std::uint64_t>();
    collection.at = row.take<Timestamp>();
    collection.by = row.take<std::string>();
    visit(domain::subject_of(collection), domain::to_json(collection));
  }
}

void visit_runs(Database& database, const Visit& visit) {
  auto row = database.query(fmt::format("SELECT {} FROM run r ORDER BY r.number", run_columns));
  while (row.step()) {
    const auto run = run_from(database, row);
    visit(domain::subject_of(run), domain::event_state(run));
  }
}

void visit_monitoring(Database& database, const Visit& visit) {
  const auto rows_of = [&](std::string_view columns, std::string_view table) {
    return database.query(fmt::format(
        "SELECT {} FROM {} x CROSS JOIN version v ON v.id = x.version_id ORDER BY x.rowid", columns, table));
  };
  auto references = rows_of(reference_columns, "monitor_reference");
  while (references.step()) {
    const auto reference = reference_from(references);
    visit(domain::subject_of(reference), domain::to_json(reference));
  }
  auto holdouts = rows_of(holdout_columns, "monitor_holdout");
  while (holdouts.step()) {
    const auto holdout = holdout_from(holdouts);
    visit(domain::subject_of(holdout), domain::to_json(holdout));
  }
  auto batches = rows_of(batch_columns, "batch");
  while (batches.step()) {
    domain::Batch batch = batch_from(batches);
    // What is there is hashed, not what was noted of it.
    auto counts = database.query("SELECT counts FROM batch_counts WHERE batch = ?", batch.id);
    if (counts.step()) batch.counts = domain::digest_of_counts(counts.take<std::vector<std::uint8_t>>());
    visit(domain::subject_of(batch), domain::event_state(batch));
  }
  auto outcomes = rows_of(outcomes_columns, "outcomes");
  while (outcomes.step()) {
    const auto truths = outcomes_from(outcomes);
    visit(domain::subject_of(truths), domain::to_json(truths));
  }
}

}  // namespace

void Reader::for_each_subject(const Visit& visit) {
  visit_models(database_, visit);
  visit_versions(database_, visit);
  visit_tags(database_, visit);
  visit_deprecations(database_, visit);
  visit_deletions(database_, visit);
  visit_stages(database_, visit);
  visit_aliases(database_, visit);
  visit_evidence(database_, visit);
  visit_datasets(database_, visit);
  visit_runs(database_, visit);
  visit_releases(database_, visit);
  visit_collections(database_, visit);
  visit_monitoring(database_, visit);
  for_each_firing(database_,
                  [&](const domain::Firing& firing) { visit(domain::subject_of(firing), domain::to_json(firing)); });
}

void Reader::for_each_stage_change(const std::function<void(const domain::StageChange&)>& visit) {
  auto row = database_.query(fmt::format("SELECT {} FROM stage_change c ORDER BY c.id", change_columns));
  while (row.step()) visit(change_from(row));
}

void Reader::for_each_file_list(
    const std::function<void(const std::string& subject, const std::vector<domain::FileEntry>&)>& visit) {
  auto version = database_.query(
      "SELECT 'version/' || (SELECT name FROM model WHERE id = v.model_id) || '@' || v.number, v.id FROM version v "
      "ORDER BY v.id");
  while (version.step()) {
    const auto subject = version.take<std::string>();
    auto files =
        database_.query(fmt::format("SELECT {} FROM version_file WHERE version_id = ? ORDER BY path", file_columns),
                        version.take<std::int64_t>());
    visit(subject, files_from(files));
  }
  auto dataset = database_.query("SELECT 'dataset/' || name || '@' || number, id FROM dataset ORDER BY id");
  while (dataset.step()) {
    const auto subject = dataset.take<std::string>();
    auto files =
        database_.query(fmt::format("SELECT {} FROM dataset_file WHERE dataset_id = ? ORDER BY path", file_columns),
                        dataset.take<std::int64_t>());
    visit(subject, files_from(files));
  }
}

}  // namespace mlops::store::sqlite
