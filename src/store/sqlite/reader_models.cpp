#include <fmt/format.h>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

std::optional<domain::Model> Reader::model(std::string_view name) {
  auto row = database_.query("SELECT name, created_at, created_by FROM model WHERE name = ?", name);
  if (!row.step()) return std::nullopt;
  return model_from(row);
}

Page<ModelSummary> Reader::models(std::size_t limit, const std::optional<std::string>& after) {
  Page<ModelSummary> page;
  auto row = database_.query(
      "SELECT name, created_at, created_by, version_count, latest_number, last_version_at FROM model WHERE name > ? "
      "ORDER BY name LIMIT ?",
      after.value_or(""), one_more(limit));
  while (row.step()) {
    if (page.items.size() == limit) {
      if (limit > 0) page.next = page.items.back().model.name;
      break;
    }
    ModelSummary summary;
    summary.model = model_from(row);
    summary.versions = row.take<std::int64_t>();
    summary.latest = row.take<std::int64_t>();
    summary.latest_at = row.take<std::optional<Timestamp>>();
    summary.holders = holders(summary.model.name);
    page.items.push_back(std::move(summary));
  }
  return page;
}

std::vector<std::string> Reader::model_names(std::string_view prefix, std::size_t limit) {
  std::vector<std::string> names;
  // Names are ASCII, so that 0xff ends what begins with the prefix.
  auto row = database_.query("SELECT name FROM model WHERE name >= ? AND name < ? ORDER BY name LIMIT ?", prefix,
                             std::string{prefix} + '\xff', one_more(limit) - 1);
  while (row.step()) names.push_back(row.take<std::string>());
  return names;
}

}  // namespace mlops::store::sqlite
