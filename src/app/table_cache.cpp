#include "table_cache.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <system_error>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t hex_of_table = 64;
constexpr std::size_t hex_of_reading = 16;

// "TABLE-READING", both in hex; anything else in the folder is no entry of this version of the program.
std::optional<std::string> table_of(const std::string& name) {
  const bool has_form = name.size() == hex_of_table + 1 + hex_of_reading && name[hex_of_table] == '-' &&
                        name.find_first_not_of("0123456789abcdef-") == std::string::npos;
  return has_form ? std::optional{name.substr(0, hex_of_table)} : std::nullopt;
}

std::set<std::string> registered_tables(Workspace& workspace) {
  constexpr std::size_t at_once = 1000;
  std::set<std::string> tables;
  const auto view = workspace.read();
  std::optional<std::string> after;
  do {
    auto page = view->datasets("", at_once, after);
    for (const domain::Dataset& dataset : page.items) tables.insert(dataset.digest.hex());
    after = std::move(page.next);
  } while (after);
  return tables;
}

struct Rule {
  std::set<std::string> tables;
  fs::file_time_type oldest_used;
  fs::file_time_type youngest_leftover;
  std::optional<fs::file_time_type> stored_before;

  [[nodiscard]] bool lets_go(const std::string& name, fs::file_time_type used) const {
    if (stored_before && used >= *stored_before) return false;
    const auto table = table_of(name);
    // It may be a file that another command is just writing.
    if (!table) return used < youngest_leftover;
    return !tables.contains(*table) || used < oldest_used;
  }
};

void look_through(const fs::path& folder, const Rule& rule, bool remove, TableCacheRest& rest) {
  std::error_code error;
  for (fs::directory_iterator file{folder, error}, end; !error && file != end; file.increment(error)) {
    std::error_code gone;
    if (!fs::is_regular_file(file->symlink_status(gone))) continue;
    const auto used = file->last_write_time(gone);
    const std::uint64_t bytes = gone ? 0 : file->file_size(gone);
    if (gone || !rule.lets_go(file->path().filename().string(), used)) continue;
    if (remove && !fs::remove(file->path(), gone)) continue;
    ++rest.files;
    rest.bytes += bytes;
  }
}

}  // namespace

fs::path place_in_table_cache(const fs::path& registry, const TableCacheKind& kind, const Digest& table,
                              const formats::TableOptions& options, const Json& more) {
  const Json reading = Json::object({{"ending", fs::path{options.name}.extension().string()},
                                     {"format", options.format ? Json{name_of(*options.format)} : Json{}},
                                     {"delimiter", options.delimiter ? std::string(1, *options.delimiter) : ""},
                                     {"more", more}});
  const std::string name =
      fmt::format("{}-{}", table.hex(), sha256(canonical(reading)).hex().substr(0, hex_of_reading));
  return registry / "cache" / kind.folder / name;
}

std::optional<Json> find_kept(const fs::path& file, const TableCacheKind& kind) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  try {
    const Json kept = parse_json(read_file(file), file.string());
    const Json& found = kept.at("found");
    const bool is_it = kept.at("version").as_integer() == kind.version &&
                       kept.at("name").as_string() == file.filename().string() &&
                       kept.at("sha256").as_string() == sha256(canonical(found)).hex();
    if (!is_it) return std::nullopt;
    fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
    return found;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    return std::nullopt;
  }
}

void keep_found(const fs::path& file, const TableCacheKind& kind, const Json& found) {
  try {
    make_directories(file.parent_path());
    write_file_atomic(file, to_line(Json::object({{"version", kind.version},
                                                  {"name", file.filename().string()},
                                                  {"sha256", sha256(canonical(found)).hex()},
                                                  {"found", found}})));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
  }
}

TableCacheRest rest_of_table_caches(Workspace& workspace, const std::optional<Timestamp>& stored_before, bool remove) {
  const auto now = fs::file_time_type::clock::now();
  Rule rule{.tables = registered_tables(workspace),
            .oldest_used = now - std::chrono::days{most_days_unused},
            .youngest_leftover = now - std::chrono::hours{1},
            .stored_before = std::nullopt};
  if (stored_before) {
    const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{stored_before->milliseconds}};
    rule.stored_before = std::chrono::file_clock::from_sys(time);
  }
  TableCacheRest rest;
  for (const TableCacheKind& kind : {kept_references, kept_profiles}) {
    look_through(workspace.registry() / "cache" / kind.folder, rule, remove, rest);
  }
  return rest;
}

}  // namespace mlops::app
