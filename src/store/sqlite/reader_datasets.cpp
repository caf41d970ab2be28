#include <limits>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

std::optional<domain::Dataset> Reader::dataset(std::string_view name, std::int64_t number) {
  static const std::string sql =
      fmt::format("SELECT {} FROM dataset d WHERE d.name = ? AND d.number = ?", dataset_columns);
  auto row = database_.query(sql, name, number);
  if (!row.step()) return std::nullopt;
  return dataset_from(row);
}

std::optional<std::int64_t> Reader::latest_dataset(std::string_view name) {
  auto row = database_.query("SELECT number FROM dataset WHERE name = ? ORDER BY number DESC LIMIT 1", name);
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

std::optional<std::int64_t> Reader::find_dataset_by_digest(std::string_view name, std::string_view hex_prefix) {
  const auto range = digests_with_prefix(hex_prefix);
  if (!range) return std::nullopt;
  const auto digest = only_digest(
      database_.query("SELECT digest FROM dataset WHERE name = ? AND digest BETWEEN ? AND ? ORDER BY digest LIMIT 1",
                      name, range->first, range->last),
      database_.query(
          "SELECT digest FROM dataset WHERE name = ? AND digest BETWEEN ? AND ? ORDER BY digest DESC LIMIT 1", name,
          range->first, range->last),
      name, hex_prefix);
  if (!digest) return std::nullopt;
  auto row = database_.query("SELECT max(number) FROM dataset WHERE name = ? AND digest = ?", name, *digest);
  return row.step() ? row.take<std::optional<std::int64_t>>() : std::nullopt;
}

std::vector<domain::FileEntry> Reader::dataset_files(std::string_view name, std::int64_t number) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM dataset_file WHERE dataset_id = (SELECT id FROM dataset WHERE name = ? AND number = ?) ORDER BY "
      "path",
      file_columns);
  auto rows = database_.query(sql, name, number);
  return files_from(rows);
}

// Names ascend and numbers descend: what follows is the rest of the cursor's name, then the names after it.
Page<domain::Dataset> Reader::datasets(std::string_view name, std::size_t limit,
                                       const std::optional<std::string>& after) {
  std::string last_name;
  std::int64_t last_number = std::numeric_limits<std::int64_t>::max();
  if (after) {
    const auto at = after->rfind('@');
    const auto number = at == std::string::npos ? std::nullopt : parse_integer(after->substr(at + 1));
    if (!number) refuse_cursor(*after);
    last_name = after->substr(0, at);
    last_number = *number;
  }
  static const std::string of_one = fmt::format(
      "SELECT {} FROM dataset d WHERE d.name = ? AND d.number < ? ORDER BY d.number DESC LIMIT ?", dataset_columns);
  static const std::string of_all = fmt::format(
      "SELECT {} FROM dataset d WHERE d.name >= ?1 AND (d.name > ?1 OR d.number < ?2) ORDER BY d.name, d.number DESC "
      "LIMIT ?3",
      dataset_columns);
  Page<domain::Dataset> page;
  auto row = database_.query(name.empty() ? of_all : of_one, name.empty() ? std::string_view{last_name} : name,
                             last_number, one_more(limit));
  while (row.step()) {
    if (page.items.size() == limit) {
      if (limit > 0) page.next = page.items.back().text();
      break;
    }
    page.items.push_back(dataset_from(row));
  }
  return page;
}

}  // namespace mlops::store::sqlite
