// A profile of a table that was made once, kept by the digest of the table.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

// All of a profile, as against what `dataset profile --json` tells of it.
Json profile_to_json(const DataProfile& profile);
// Error{failed} for what is no profile.
DataProfile profile_from_json(const Json& json);

std::filesystem::path place_of_profile(const std::filesystem::path& registry, const Digest& table,
                                       const formats::TableOptions& options, std::size_t most_top);

// nullopt where none is kept, or none that can be used.
std::optional<DataProfile> kept_profile(const std::filesystem::path& file);

// The kept one, or else that of the table, which is then kept.
DataProfile kept_or_profiled(const std::filesystem::path& file, const ByteSource& source,
                             const formats::TableOptions& options, std::size_t most_top);

}  // namespace mlops::app
