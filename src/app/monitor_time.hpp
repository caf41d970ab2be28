// The times of batches, whatever clocks say.
#pragma once

#include <optional>
#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/names.hpp>

namespace mlops::app {

// Clocks of two machines may differ by so much.
inline constexpr std::int64_t tolerated_ahead_ms = std::int64_t{5} * 60 * 1000;

// What the person wrote, or now. Error{usage} for what is no time, and for one that lies further ahead than clocks
// differ.
Timestamp time_of_batch(Workspace& workspace, const std::optional<std::string>& text);

// Says so when the clock stands before the last batch.
void warn_of_clock(Workspace& workspace, store::ReadTransaction& view, const domain::VersionId& version);

}  // namespace mlops::app
