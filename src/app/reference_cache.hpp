// What was frozen of a table once, kept beside the registry by the digest of the table.
#pragma once

#include <filesystem>

#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>

#include "frozen_reference.hpp"

namespace mlops::app {

// {"rows": n, "columns": [{"name", "names_rows", "deviation", "counts"}…]}
Json to_json(const FrozenReference& reference);
// Error{usage} and {failed} for what is no reference.
FrozenReference frozen_from_json(const Json& json);

// Depends on all that a table is read by.
std::filesystem::path place_of_frozen(const std::filesystem::path& registry, const Digest& table,
                                      const formats::TableOptions& options);

// What is kept in the file, or else what the table gives, which is then kept there. A file that can't be read is made
// again.
FrozenReference kept_or_frozen(const std::filesystem::path& file, const ByteSource& source,
                               const formats::TableOptions& options);

}  // namespace mlops::app
