// How the members lie in the archive: which overlap, and what lies between them.
#pragma once

#include <cstdint>
#include <vector>

#include <mlops/support/byte_source.hpp>

#include "archive/zip.hpp"
#include "archive/zip_directory.hpp"
#include "archive/zip_problems.hpp"

namespace mlops::formats {

// Compares the headers of all members, in the order in which they lie there, and answers with the gaps.
std::vector<ZipGap> check_layout(const ByteSource& source, ZipDirectory& directory, ZipProblems& problems);

}  // namespace mlops::formats
