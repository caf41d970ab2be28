#include <limits>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

std::optional<domain::Run> Reader::run(std::int64_t number) {
  static const std::string sql = fmt::format("SELECT {} FROM run r WHERE r.number = ?", run_columns);
  auto row = database_.query(sql, number);
  if (!row.step()) return std::nullopt;
  return run_from(database_, row);
}

Page<domain::Run> Reader::runs(const std::optional<std::string>& model, std::size_t limit,
                               const std::optional<std::string>& after) {
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (after) {
    const auto number = parse_integer(*after);
    if (!number) refuse_cursor(*after);
    before = *number;
  }
  static const std::string of_all =
      fmt::format("SELECT {} FROM run r WHERE r.number < ? ORDER BY r.number DESC LIMIT ?", run_columns);
  static const std::string of_one = fmt::format(
      "SELECT {} FROM run r WHERE r.number < ? AND r.model = ? ORDER BY r.number DESC LIMIT ?", run_columns);
  auto row = database_.prepare(model ? of_one : of_all);
  row.bind(before);
  if (model) row.bind(*model);
  row.bind(one_more(limit));
  Page<domain::Run> page;
  while (row.step()) {
    if (page.items.size() == limit) {
      if (limit > 0) page.next = fmt::format("{}", page.items.back().number);
      break;
    }
    page.items.push_back(run_from(database_, row));
  }
  return page;
}

std::vector<domain::Run> Reader::trials(std::int64_t search) {
  static const std::string sql = fmt::format("SELECT {} FROM run r WHERE r.search = ? ORDER BY r.number", run_columns);
  std::vector<domain::Run> trials;
  auto row = database_.query(sql, search);
  while (row.step()) trials.push_back(run_from(database_, row));
  return trials;
}

std::vector<domain::VersionId> Reader::versions_of_run(std::int64_t run) {
  std::vector<domain::VersionId> versions;
  auto row = database_.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id), v.number FROM version v WHERE v.run = ? ORDER BY v.id",
      run);
  while (row.step()) {
    domain::VersionId id;
    id.model = row.take<std::string>();
    id.number = row.take<std::int64_t>();
    versions.push_back(std::move(id));
  }
  return versions;
}

std::optional<domain::RunRelease> Reader::run_release(std::int64_t run) {
  auto row = database_.query("SELECT at, actor FROM run_release WHERE run = ?", run);
  if (!row.step()) return std::nullopt;
  domain::RunRelease release{.run = run, .at = {}, .by = {}};
  release.at = row.take<Timestamp>();
  release.by = row.take<std::string>();
  return release;
}

}  // namespace mlops::store::sqlite
