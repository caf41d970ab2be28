// A member's header in front of its data, held against what the central directory says of it.
#pragma once

#include <cstdint>

#include <mlops/support/byte_source.hpp>

#include "archive/zip.hpp"
#include "archive/zip_problems.hpp"

namespace mlops::formats {

// Fills in where the member's data is. The answer: where what belongs to the member ends.
std::uint64_t compare_headers(const ByteSource& source, ZipMember& member, ZipProblems& problems);

}  // namespace mlops::formats
