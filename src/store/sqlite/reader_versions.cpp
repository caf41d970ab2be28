#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reader.hpp"
#include "rows.hpp"
#include "semver_key.hpp"

namespace mlops::store::sqlite {

namespace {

std::optional<domain::Deletion> deletion_of(Database& database, std::int64_t version) {
  auto row = database.query("SELECT reason, at, actor FROM deletion WHERE version_id = ?", version);
  if (!row.step()) return std::nullopt;
  domain::Deletion deletion;
  deletion.reason = row.take<std::string>();
  deletion.at = row.take<Timestamp>();
  deletion.by = row.take<std::string>();
  return deletion;
}

}  // namespace

std::optional<std::int64_t> Reader::latest(std::string_view model) {
  auto row = database_.query("SELECT latest_number FROM model WHERE name = ? AND latest_number > 0", model);
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

std::optional<std::int64_t> Reader::find_by_semver(std::string_view model, const domain::SemVer& semver) {
  auto row = database_.query(
      "SELECT number FROM version WHERE model_id = (SELECT id FROM model WHERE name = ?) AND semver_key = ? "
      "ORDER BY number DESC LIMIT 1",
      model, semver_key(semver));
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

std::optional<std::int64_t> Reader::find_by_digest(std::string_view model, std::string_view hex_prefix) {
  const auto range = digests_with_prefix(hex_prefix);
  const auto id = model_id(model);
  if (!range || !id) return std::nullopt;
  const auto digest = only_digest(
      database_.query("SELECT digest FROM version v WHERE model_id = ? AND digest BETWEEN ? AND ? AND NOT EXISTS "
                      "(SELECT 1 FROM deletion WHERE version_id = v.id) ORDER BY digest LIMIT 1",
                      *id, range->first, range->last),
      database_.query("SELECT digest FROM version v WHERE model_id = ? AND digest BETWEEN ? AND ? AND NOT EXISTS "
                      "(SELECT 1 FROM deletion WHERE version_id = v.id) ORDER BY digest DESC LIMIT 1",
                      *id, range->first, range->last),
      model, hex_prefix);
  if (!digest) return std::nullopt;
  auto row = database_.query(
      "SELECT max(number) FROM version v WHERE model_id = ? AND digest = ? AND NOT EXISTS "
      "(SELECT 1 FROM deletion WHERE version_id = v.id)",
      *id, *digest);
  return row.step() ? row.take<std::optional<std::int64_t>>() : std::nullopt;
}

std::optional<domain::SemVer> Reader::highest_semver(std::string_view model) {
  auto row = database_.query(
      "SELECT semver FROM version WHERE model_id = (SELECT id FROM model WHERE name = ?) AND is_release = 1 "
      "ORDER BY semver_key DESC LIMIT 1",
      model);
  if (!row.step()) return std::nullopt;
  return domain::SemVer::parse(row.take<std::string>());
}

std::optional<domain::Version> Reader::version(const domain::VersionId& id) {
  static const std::string sql = fmt::format("SELECT {} FROM version v WHERE v.id = ?", version_columns);
  const auto key = version_id(id);
  if (!key) return std::nullopt;
  auto row = database_.query(sql, *key);
  if (!row.step()) return std::nullopt;
  return version_from(database_, row).version;
}

std::optional<Timestamp> Reader::registered_at(const domain::VersionId& id) {
  const auto key = version_id(id);
  if (!key) return std::nullopt;
  auto row = database_.query("SELECT registered_at FROM version WHERE id = ?", *key);
  if (!row.step()) return std::nullopt;
  return row.take<Timestamp>();
}

std::optional<VersionSummary> Reader::version_summary(const domain::VersionId& id) {
  static const std::string sql = fmt::format("SELECT {} FROM version v WHERE v.id = ?", version_columns);
  const auto key = version_id(id);
  if (!key) return std::nullopt;
  auto row = database_.query(sql, *key);
  if (!row.step()) return std::nullopt;
  return summary_from(row).summary;
}

Reader::SummaryRow Reader::summary_from(Statement& row) {
  auto [id, version] = version_from(database_, row);
  SummaryRow result{.id = id, .summary = {}};
  VersionSummary& summary = result.summary;
  summary.version = std::move(version);

  auto tags = database_.query("SELECT name, value FROM tag WHERE version_id = ?", id);
  summary.tags = tags_from(tags);
  auto stages = database_.query("SELECT stage FROM stage_holder WHERE version_id = ? ORDER BY stage", id);
  while (stages.step()) summary.stages.push_back(stages.take<std::string>());
  auto aliases = database_.query("SELECT name FROM alias WHERE version_id = ? ORDER BY name", id);
  while (aliases.step()) summary.aliases.push_back(aliases.take<std::string>());
  auto deprecated = database_.query("SELECT reason, at, actor FROM deprecation WHERE version_id = ?", id);
  if (deprecated.step()) {
    domain::Deprecation deprecation;
    deprecation.reason = deprecated.take<std::string>();
    deprecation.at = deprecated.take<Timestamp>();
    deprecation.by = deprecated.take<std::string>();
    summary.deprecation = std::move(deprecation);
  }
  summary.deletion = deletion_of(database_, id);
  return result;
}

std::optional<domain::Deletion> Reader::deletion(const domain::VersionId& id) {
  const auto key = version_id(id);
  return key ? deletion_of(database_, *key) : std::nullopt;
}

std::vector<domain::VersionId> Reader::children(const domain::VersionId& id, std::size_t limit) {
  std::vector<domain::VersionId> children;
  auto row = database_.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id), v.number FROM version v WHERE v.parent_id = ? AND NOT "
      "EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id) ORDER BY v.id LIMIT ?",
      version_id(id), one_more(limit) - 1);
  while (row.step()) {
    domain::VersionId child;
    child.model = row.take<std::string>();
    child.number = row.take<std::int64_t>();
    children.push_back(std::move(child));
  }
  return children;
}

std::vector<domain::FileEntry> Reader::version_files(const domain::VersionId& id) {
  static const std::string sql =
      fmt::format("SELECT {} FROM version_file WHERE version_id = ? ORDER BY path", file_columns);
  auto rows = database_.query(sql, version_id(id));
  return files_from(rows);
}

std::vector<domain::VersionId> Reader::versions_of_commit(std::string_view commit_prefix, std::size_t limit) {
  std::vector<domain::VersionId> versions;
  const std::string from = lower_ascii(commit_prefix);
  // Commits are hexadecimal, and 'g' sorts after all their digits.
  auto row = database_.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id), v.number FROM version v "
      "WHERE v.git_commit >= ? AND v.git_commit < ? ORDER BY v.git_commit DESC, v.id DESC LIMIT ?",
      from, from + 'g', one_more(limit) - 1);
  while (row.step()) {
    domain::VersionId id;
    id.model = row.take<std::string>();
    id.number = row.take<std::int64_t>();
    versions.push_back(std::move(id));
  }
  return versions;
}

}  // namespace mlops::store::sqlite
