#include <fmt/format.h>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

std::optional<domain::Verdict> Reader::verdict(std::int64_t id) {
  static const std::string sql =
      fmt::format("SELECT {} FROM verdict x JOIN version v ON v.id = x.version_id WHERE x.id = ?", verdict_columns);
  auto row = database_.query(sql, id);
  if (!row.step()) return std::nullopt;
  return verdict_from(row);
}

std::vector<domain::Verdict> Reader::verdicts(const domain::VersionId& id, std::size_t limit) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM verdict x JOIN version v ON v.id = x.version_id WHERE x.version_id = ? ORDER BY x.id DESC LIMIT "
      "?",
      verdict_columns);
  std::vector<domain::Verdict> verdicts;
  auto row = database_.query(sql, version_id(id), one_more(limit) - 1);
  while (row.step()) verdicts.push_back(verdict_from(row));
  return verdicts;
}

std::vector<domain::Approval> Reader::approvals(const domain::VersionId& id, std::string_view stage) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM approval x JOIN version v ON v.id = x.version_id WHERE x.version_id = ?1 AND (?2 = '' OR x.stage "
      "= ?2) "
      "ORDER BY x.id",
      approval_columns);
  std::vector<domain::Approval> approvals;
  auto row = database_.query(sql, version_id(id), stage);
  while (row.step()) approvals.push_back(approval_from(row));
  return approvals;
}

std::optional<domain::Waiver> Reader::waiver(std::int64_t id) {
  static const std::string sql = fmt::format("SELECT {} FROM {} WHERE x.id = ?", waiver_columns, waiver_tables);
  auto row = database_.query(sql, id);
  if (!row.step()) return std::nullopt;
  return waiver_from(row);
}

std::vector<domain::Waiver> Reader::waivers(const domain::VersionId& id, std::string_view stage) {
  static const std::string sql =
      fmt::format("SELECT {} FROM {} WHERE x.version_id = ?1 AND (?2 = '' OR x.stage = ?2) ORDER BY x.id",
                  waiver_columns, waiver_tables);
  std::vector<domain::Waiver> waivers;
  auto row = database_.query(sql, version_id(id), stage);
  while (row.step()) waivers.push_back(waiver_from(row));
  return waivers;
}

}  // namespace mlops::store::sqlite
