// What was found out about a table, kept beside the registry by the digest of the table. Losing it costs time only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include <mlops/app/workspace.hpp>
#include <mlops/formats/table.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

// What is kept, each kind in a folder of its own. Its version changes when the same table would give something else.
struct TableCacheKind {
  std::string_view folder;
  std::int64_t version = 1;
};
inline constexpr TableCacheKind kept_references{.folder = "references", .version = 2};
inline constexpr TableCacheKind kept_profiles{.folder = "profiles", .version = 2};

// Depends on the table and all that it is read by; `more` is what else was asked for.
std::filesystem::path place_in_table_cache(const std::filesystem::path& registry, const TableCacheKind& kind,
                                           const Digest& table, const formats::TableOptions& options,
                                           const Json& more = {});

// nullopt when nothing is there, or not what was kept: of another version, from another place, or damaged. What is
// found counts as used.
std::optional<Json> find_kept(const std::filesystem::path& file, const TableCacheKind& kind);

// Where nothing may be written, nothing is kept.
void keep_found(const std::filesystem::path& file, const TableCacheKind& kind, const Json& found);

// What nobody will ask for again: of tables that no dataset of the registry has, not used for so many days, of other
// versions of the program, and what writers that died have left.
struct TableCacheRest {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};
inline constexpr std::int64_t most_days_unused = 90;
TableCacheRest rest_of_table_caches(Workspace& workspace, const std::optional<Timestamp>& stored_before, bool remove);

}  // namespace mlops::app
