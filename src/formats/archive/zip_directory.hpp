// Finding the central directory of a zip archive, and reading it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <mlops/support/byte_source.hpp>

#include "archive/zip.hpp"
#include "archive/zip_problems.hpp"
#include "archive/zip_records.hpp"

namespace mlops::formats {

struct ZipDirectory {
  ZipEnd end;
  std::uint64_t begin = 0;  // where the directory is
  std::uint64_t stop = 0;   // where its last header ends
  // What stands before the archive, where its offsets don't count that: to be added to them, modulo 2^64.
  std::uint64_t shift = 0;
  std::vector<ZipMember> members;
};

// nullopt when there is no end record with a directory to it. `members` are not read yet.
std::optional<ZipDirectory> find_zip_directory(const ByteSource& source);

// Fills in `members` and `stop`. Throws Unscannable when there are too many.
void read_zip_directory(const ByteSource& source, ZipDirectory& directory, ZipProblems& problems);

}  // namespace mlops::formats
