#include "reference_cache.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include <mlops/support/error.hpp>

#include "table_cache.hpp"

namespace mlops::app {

namespace {

std::optional<FrozenReference> kept_reference(const std::filesystem::path& file) {
  const auto kept = find_kept(file, kept_references);
  if (!kept) return std::nullopt;
  try {
    return frozen_from_json(*kept);
  } catch (const Error&) {
    return std::nullopt;
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
  return Json::object({{"rows", static_cast<std::int64_t>(reference.rows)}, {"columns", Json{std::move(columns)}}});
}

FrozenReference frozen_from_json(const Json& json) {
  FrozenReference reference{.rows = static_cast<std::uint64_t>(json.at("rows").as_integer()), .columns = {}};
  for (const Json& column : json.at("columns").as_array()) {
    reference.columns.push_back({.name = column.at("name").as_string(),
                                 .names_rows = column.at("names_rows").as_bool(),
                                 .counts = stats::histogram_from_json(column.at("counts")),
                                 .deviation = column.at("deviation").as_double()});
  }
  return reference;
}

std::filesystem::path place_of_frozen(const std::filesystem::path& registry, const Digest& table,
                                      const formats::TableOptions& options) {
  return place_in_table_cache(registry, kept_references, table, options);
}

FrozenReference kept_or_frozen(const std::filesystem::path& file, const ByteSource& source,
                               const formats::TableOptions& options) {
  if (auto kept = kept_reference(file)) return std::move(*kept);
  FrozenReference made = freeze_table(source, options);
  keep_found(file, kept_references, to_json(made));
  return made;
}

}  // namespace mlops::app
