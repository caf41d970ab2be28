// Temporary folders that tell by a lock that they are in use, so that those of killed processes can be told and
// removed.
#pragma once

#include <filesystem>
#include <string_view>

#include <mlops/support/files.hpp>

namespace mlops {

// Ends with the process, however that ends.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& directory);

 private:
  FileDescriptor directory_;
};

// Removes what TemporaryDirectory made with this prefix for this user and a process left that was killed. Folders that
// are locked, or younger than a minute, stay; so do all where the file system knows no locks.
void remove_stale_directories(const std::filesystem::path& parent, std::string_view prefix);

}  // namespace mlops
