// How a file looks from outside: enough to tell whether it may have changed.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace mlops {

// What stat(2) tells of a file: while all of it stays the same, so do its bytes. Times in nanoseconds since 1970.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::int64_t changed = 0;
  friend bool operator==(const FileState&, const FileState&) = default;
};

FileState file_state(const struct stat& status);

// Now, by the clock that stamps files. Nanoseconds since 1970.
std::int64_t file_clock();

}  // namespace mlops
