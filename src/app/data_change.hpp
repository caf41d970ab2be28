// What changed between two snapshots of data, in words.
#pragma once

#include <string>

#include <mlops/app/workspace.hpp>

#include "snapshot.hpp"

namespace mlops::app {

// "1 row changed: line 17", "2 rows added", "3 of 12 files changed"; "" when their bytes can't be read. Rows are
// compared as text, where both are one file of at most 64 MiB.
std::string data_change_text(Workspace& workspace, const Snapshot& before, const Snapshot& after);

// The same for two texts.
std::string row_change_text(std::string_view before, std::string_view after);

}  // namespace mlops::app
