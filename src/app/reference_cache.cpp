#include "reference_cache.hpp"

#include <cmath>
#include <system_error>
#include <utility>

#include <mlops/app/workspace.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

// It changes when bins are cut otherwise, so that nothing is compared by two yardsticks.
constexpr std::int64_t version_of_frozen = 1;

std::optional<FrozenReference> kept_reference(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  try {
    return frozen_from_json(parse_json(read_file(file), file.string()));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Where nothing may be written, it is made anew each time.
void keep(const FrozenReference& reference, const fs::path& file) {
  try {
    make_directories(file.parent_path());
    write_file_atomic(file, to_text(to_json(reference)));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
  }
}

}  // namespace

Json to_json(const FrozenReference& reference) {
  Json::Array columns;
  for (const FrozenColumn& column : reference.columns) {
    columns.push_back(Json::object({{"name", column.name},
                                    {"names_rows", column.names_rows},
                                    {"deviation", column.deviation},
                                    {"counts", stats::to_json(column.counts)}}));
  }
  return Json::object({{"version", version_of_frozen},
                       {"rows", static_cast<std::int64_t>(reference.rows)},
                       {"columns", Json{std::move(columns)}}});
}

FrozenReference frozen_from_json(const Json& json) {
  if (json.at("version").as_integer() != version_of_frozen) {
    throw Error{ErrorKind::usage, "what was kept of the reference is of another version"};
  }
  FrozenReference reference{.rows = static_cast<std::uint64_t>(json.at("rows").as_integer()), .columns = {}};
  for (const Json& column : json.at("columns").as_array()) {
    reference.columns.push_back({.name = column.at("name").as_string(),
                                 .names_rows = column.at("names_rows").as_bool(),
                                 .counts = stats::histogram_from_json(column.at("counts")),
                                 .deviation = column.at("deviation").as_double()});
  }
  return reference;
}

fs::path place_of_frozen(Workspace& workspace, const Digest& table, const formats::TableOptions& options) {
  const Json key = Json::object({{"table", table.text()},
                                 {"ending", fs::path{options.name}.extension().string()},
                                 {"format", options.format ? Json{name_of(*options.format)} : Json{}},
                                 {"delimiter", options.delimiter ? std::string(1, *options.delimiter) : ""}});
  return workspace.registry() / "cache" / "references" / sha256(canonical(key)).hex();
}

FrozenReference kept_or_frozen(const fs::path& file, const ByteSource& source, const formats::TableOptions& options) {
  if (auto kept = kept_reference(file)) return std::move(*kept);
  FrozenReference made = freeze_table(source, options);
  keep(made, file);
  return made;
}

}  // namespace mlops::app
