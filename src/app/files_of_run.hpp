// The outputs of a run as the files of a version.
#pragma once

#include <vector>

#include <mlops/domain/records.hpp>

namespace mlops::app {

// The files of a single output keep their paths; with several outputs, a folder's files go below its output's name.
// Error{usage} when the run recorded none.
std::vector<domain::FileEntry> files_of_run(const domain::Run& run);

}  // namespace mlops::app
