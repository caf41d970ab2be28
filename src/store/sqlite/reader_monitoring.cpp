
#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

namespace {

std::string select(std::string_view columns, std::string_view table, std::string_view condition) {
  return fmt::format("SELECT {} FROM {} x JOIN version v ON v.id = x.version_id WHERE {}", columns, table, condition);
}

}  // namespace

std::optional<domain::MonitorReference> Reader::monitor_reference(const domain::VersionId& id) {
  static const std::string sql = select(reference_columns, "monitor_reference", "x.version_id = ?");
  auto row = database_.query(sql, version_id(id));
  if (!row.step()) return std::nullopt;
  return reference_from(row);
}

std::optional<domain::MonitorHoldout> Reader::monitor_holdout(const domain::VersionId& id) {
  static const std::string sql = select(holdout_columns, "monitor_holdout", "x.version_id = ?");
  auto row = database_.query(sql, version_id(id));
  if (!row.step()) return std::nullopt;
  return holdout_from(row);
}

std::optional<domain::Batch> Reader::batch(std::int64_t id) {
  static const std::string sql = select(batch_columns, "batch", "x.id = ?");
  auto row = database_.query(sql, id);
  if (!row.step()) return std::nullopt;
  return batch_from(row);
}

std::optional<domain::Batch> Reader::find_batch(const domain::VersionId& id, const Digest& content) {
  static const std::string sql = select(batch_columns, "batch", "x.version_id = ? AND x.content = ?");
  auto row = database_.query(sql, version_id(id), content);
  if (!row.step()) return std::nullopt;
  return batch_from(row);
}

std::vector<domain::Batch> Reader::batches(const domain::VersionId& id, std::size_t limit) {
  static const std::string sql =
      select(batch_columns, "batch", "x.version_id = ? ORDER BY x.data_at DESC, x.id DESC LIMIT ?");
  std::vector<domain::Batch> batches;
  auto row = database_.query(sql, version_id(id), one_more(limit) - 1);
  while (row.step()) batches.push_back(batch_from(row));
  return batches;
}

std::vector<std::uint8_t> Reader::batch_counts(std::int64_t batch) {
  auto row = database_.query("SELECT counts, digest FROM batch_counts WHERE batch = ?", batch);
  if (!row.step()) return {};
  auto counts = row.take<std::vector<std::uint8_t>>();
  if (row.take<Digest>() == domain::digest_of_counts(counts)) return counts;
  throw Error{ErrorKind::integrity, fmt::format("the counts of batch {} are not what was recorded", batch)};
}

std::vector<domain::Outcomes> Reader::outcomes(const domain::VersionId& id) {
  static const std::string sql = select(outcomes_columns, "outcomes", "x.version_id = ? ORDER BY x.id");
  std::vector<domain::Outcomes> outcomes;
  auto row = database_.query(sql, version_id(id));
  while (row.step()) outcomes.push_back(outcomes_from(row));
  return outcomes;
}

}  // namespace mlops::store::sqlite
