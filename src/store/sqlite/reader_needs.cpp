// Which objects of the artifact store the registry counts on, streamed: a registry may name millions.
#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/stage_run.hpp>

#include "reader.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::NodeKind;

// Files in the order of their paths, so that their config has the digest it was stored under.
void visit_files(Database& database, std::string_view sql, std::int64_t id, const ObjectOwner& owner,
                 domain::ConfigDigest& config, const NeedVisit& visit) {
  auto file = database.query(sql, id);
  while (file.step()) {
    NeededObject object;
    object.what = file.take<std::string>();
    object.digest = file.take<Digest>();
    object.size = file.take<std::uint64_t>();
    object.uri = file.take<std::string>();
    config.add(object.digest);
    visit(owner, object);
  }
}

void visit_diff(const ObjectOwner& owner, const std::optional<Digest>& diff, const NeedVisit& visit) {
  if (diff) visit(owner, {.digest = *diff, .size = std::nullopt, .what = "its uncommitted changes"});
}

void visit_manifest(const ObjectOwner& owner, const Digest& manifest, domain::ConfigDigest& config,
                    const NeedVisit& visit) {
  visit(owner, {.digest = manifest, .size = std::nullopt, .what = "its manifest"});
  visit(owner, {.digest = config.finish(), .size = std::nullopt, .what = "the config of its manifest"});
}

// What batches are counted into, and what is kept by id for later.
void visit_monitoring(Database& database, std::int64_t version, const ObjectOwner& owner, const NeedVisit& visit) {
  const auto visit_all = [&](std::string_view sql, std::string_view what) {
    auto row = database.query(sql, version);
    while (row.step()) {
      visit(owner, {.digest = row.take<Digest>(), .size = std::nullopt, .what = std::string{what}});
    }
  };
  visit_all("SELECT frozen FROM monitor_reference WHERE version_id = ?", "its reference for monitoring");
  visit_all("SELECT predictions FROM monitor_holdout WHERE version_id = ?", "its predictions of the holdout");
  visit_all("SELECT predictions FROM batch WHERE version_id = ? AND predictions IS NOT NULL ORDER BY id",
            "predictions of a batch");
  visit_all("SELECT object FROM outcomes WHERE version_id = ? ORDER BY id", "outcomes of its predictions");
}

// Rows of id, name, digest, diff and inspection.
void visit_versions(Database& database, Statement version, const NeedVisit& visit) {
  while (version.step()) {
    const auto id = version.take<std::int64_t>();
    const ObjectOwner owner{.kind = NodeKind::version, .id = version.take<std::string>()};
    const auto digest = version.take<Digest>();
    domain::ConfigDigest config;
    visit_files(database, "SELECT path, digest, size, uri FROM version_file WHERE version_id = ? ORDER BY path", id,
                owner, config, visit);
    visit_manifest(owner, digest, config, visit);
    visit_diff(owner, version.take<std::optional<Digest>>(), visit);
    if (const auto inspection = version.take<std::optional<Digest>>()) {
      visit(owner, {.digest = *inspection, .size = std::nullopt, .what = "its inspection"});
    }
    visit_monitoring(database, id, owner, visit);
  }
}

// The digest of a dataset of one file is that of the file, which has no manifest.
void visit_datasets(Database& database, const NeedVisit& visit) {
  auto dataset =
      database.query("SELECT id, name || '@' || number, digest, file_count, git_diff FROM dataset ORDER BY id");
  while (dataset.step()) {
    const auto id = dataset.take<std::int64_t>();
    const ObjectOwner owner{.kind = NodeKind::dataset, .id = dataset.take<std::string>()};
    const auto digest = dataset.take<Digest>();
    domain::ConfigDigest config;
    visit_files(database, "SELECT path, digest, size, uri FROM dataset_file WHERE dataset_id = ? ORDER BY path", id,
                owner, config, visit);
    if (dataset.take<std::int64_t>() > 1) visit_manifest(owner, digest, config, visit);
    visit_diff(owner, dataset.take<std::optional<Digest>>(), visit);
  }
}

// What later runs may take over: all that is known of the stages of a recipe, or null.
void visit_stages(const ObjectOwner& owner, const Json& stages, const NeedVisit& visit) {
  if (!stages.is_array()) return;
  for (const Json& json : stages.as_array()) {
    const domain::StageRun stage = domain::stage_run_from_json(json);
    for (const auto& output : stage.outputs) {
      for (const auto& file : output.files)
        visit(owner, {.digest = file.digest, .size = file.size, .what = output.name + "/" + file.path});
    }
    if (stage.log)
      visit(owner, {.digest = *stage.log, .size = std::nullopt, .what = fmt::format("the log of {}", stage.name)});
    if (stage.series) {
      visit(owner, {.digest = *stage.series,
                    .size = std::nullopt,
                    .what = fmt::format("the metrics over steps of {}", stage.name)});
    }
  }
}

void visit_runs(Database& database, const NeedVisit& visit) {
  auto run = database.query(
      "SELECT number, ended_at, status = 'running' OR EXISTS (SELECT 1 FROM version v WHERE v.run = r.number AND NOT "
      "EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id)) OR EXISTS (SELECT 1 FROM run t JOIN version v ON v.run "
      "= "
      "t.number WHERE t.search = r.number AND NOT EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id)), outputs, "
      "log, git_diff, series, json_extract(execution, '$.stages') FROM run r WHERE NOT EXISTS "
      "(SELECT 1 FROM run_release WHERE run = r.number) ORDER BY number");
  while (run.step()) {
    ObjectOwner owner{.kind = NodeKind::run, .id = fmt::format("{}", run.take<std::int64_t>())};
    owner.ended_at = run.take<std::optional<Timestamp>>();
    owner.has_version = run.take<bool>();
    for (const auto& output : domain::outputs_from_json(run.take<Json>())) {
      for (const auto& file : output.files) {
        visit(owner, {.digest = file.digest, .size = file.size, .what = output.name + "/" + file.path});
      }
    }
    if (const auto log = run.take<std::optional<Digest>>())
      visit(owner, {.digest = *log, .size = std::nullopt, .what = "its log"});
    visit_diff(owner, run.take<std::optional<Digest>>(), visit);
    if (const auto series = run.take<std::optional<Digest>>())
      visit(owner, {.digest = *series, .size = std::nullopt, .what = "its metrics over steps"});
    visit_stages(owner, run.take<Json>(), visit);
  }
}

constexpr std::string_view version_rows =
    "SELECT v.id, (SELECT name FROM model WHERE id = v.model_id) || '@' || v.number, v.digest, v.git_diff, "
    "v.inspection FROM version "
    "v WHERE NOT EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id)";

}  // namespace

void Reader::for_each_needed_object(const NeedVisit& visit) {
  visit_versions(database_, database_.query(fmt::format("{} ORDER BY v.id", version_rows)), visit);
  visit_datasets(database_, visit);
  visit_runs(database_, visit);
}

void Reader::for_each_object_of(const domain::VersionId& id, const NeedVisit& visit) {
  visit_versions(database_, database_.query(fmt::format("{} AND v.id = ?", version_rows), version_id(id)), visit);
}

}  // namespace mlops::store::sqlite
