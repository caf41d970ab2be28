#include "reader.hpp"
#include "rows.hpp"

#include <limits>

#include <fmt/format.h>

namespace mlops::store::sqlite {

std::vector<Holder> Reader::holders(std::string_view model) {
  std::vector<Holder> holders;
  auto row = database_.query(
      "SELECT h.stage, v.number, c.at FROM stage_holder h JOIN version v ON v.id = h.version_id "
      "JOIN stage_change c ON c.id = h.change_id WHERE h.model_id = (SELECT id FROM model WHERE name = ?) ORDER BY "
      "h.stage",
      model);
  while (row.step()) {
    Holder holder;
    holder.stage = row.take<std::string>();
    holder.version = row.take<std::int64_t>();
    holder.since = row.take<Timestamp>();
    holders.push_back(std::move(holder));
  }
  return holders;
}

std::optional<domain::StageChange> Reader::holding(std::string_view model, std::string_view stage) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM stage_holder h JOIN stage_change c ON c.id = h.change_id "
      "WHERE h.model_id = (SELECT id FROM model WHERE name = ?) AND h.stage = ? AND h.version_id IS NOT NULL",
      change_columns);
  auto row = database_.query(sql, model, stage);
  if (!row.step()) return std::nullopt;
  return change_from(row);
}

std::vector<std::string> Reader::stages(std::string_view model) {
  std::vector<std::string> stages;
  auto row = database_.query(
      "SELECT stage FROM stage_holder WHERE model_id = (SELECT id FROM model WHERE name = ?) ORDER BY stage", model);
  while (row.step()) stages.push_back(row.take<std::string>());
  return stages;
}

std::vector<domain::StageChange> Reader::stage_changes(std::string_view model, std::string_view stage,
                                                       std::optional<Timestamp> at, std::size_t limit) {
  static const std::string of_one = fmt::format(
      "SELECT {} FROM stage_change c WHERE c.model_id = (SELECT id FROM model WHERE name = ?) AND c.at <= ? AND "
      "c.stage = ? "
      "ORDER BY c.id DESC LIMIT ?",
      change_columns);
  static const std::string of_all = fmt::format(
      "SELECT {} FROM stage_change c WHERE c.model_id = (SELECT id FROM model WHERE name = ?) AND c.at <= ? "
      "ORDER BY c.id DESC LIMIT ?",
      change_columns);
  auto row = database_.prepare(stage.empty() ? of_all : of_one);
  row.bind(model, at ? at->milliseconds : std::numeric_limits<std::int64_t>::max());
  if (!stage.empty()) row.bind(stage);
  row.bind(one_more(limit) - 1);
  std::vector<domain::StageChange> changes;
  while (row.step()) changes.push_back(change_from(row));
  return changes;
}

std::vector<domain::StageChange> Reader::stage_changes_of(const domain::VersionId& id, std::size_t limit) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM stage_change c WHERE c.id IN (SELECT id FROM stage_change WHERE version_id = ?1 "
      "UNION SELECT id FROM stage_change WHERE previous_id = ?1) ORDER BY c.id DESC LIMIT ?2",
      change_columns);
  std::vector<domain::StageChange> changes;
  const auto version = version_id(id);
  if (!version) return changes;
  auto row = database_.query(sql, *version, one_more(limit) - 1);
  while (row.step()) changes.push_back(change_from(row));
  return changes;
}

bool Reader::has_held(const domain::VersionId& id, std::string_view stage) {
  const auto version = version_id(id);
  return version &&
         database_.query("SELECT 1 FROM stage_change WHERE version_id = ? AND stage = ? LIMIT 1", *version, stage)
             .step();
}

std::vector<AliasTarget> Reader::aliases(std::string_view model) {
  std::vector<AliasTarget> aliases;
  auto row = database_.query(
      "SELECT a.name, v.number FROM alias a JOIN version v ON v.id = a.version_id "
      "WHERE a.model_id = (SELECT id FROM model WHERE name = ?) ORDER BY a.name",
      model);
  while (row.step()) {
    AliasTarget target;
    target.alias = row.take<std::string>();
    target.version = row.take<std::int64_t>();
    aliases.push_back(std::move(target));
  }
  return aliases;
}

}  // namespace mlops::store::sqlite
