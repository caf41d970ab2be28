// Files and folders that the tests of this room make and look at.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include <sys/stat.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::artifacts {

namespace fs = std::filesystem;

// A fresh folder with a place for a store in it.
struct Sandbox {
  TemporaryDirectory folder{fs::temp_directory_path(), "mlops-artifacts-test-"};
  fs::path root = folder.path();
  fs::path store = root / "store";
};

inline fs::path write(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

inline void append(const fs::path& path, std::string_view content) {
  std::ofstream{path, std::ios::binary | std::ios::app} << content;
}

inline std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline mode_t mode_of(const fs::path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777u : 0;
}

// The regular files below a folder, as paths relative to it; empty when there is no such folder.
inline std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (!entry.is_directory() || entry.is_symlink()) found.insert(entry.path().lexically_relative(folder).string());
  }
  return found;
}

// Changes one byte of a file that is read-only, as a bad disk would.
inline void flip_byte(const fs::path& path, std::size_t at) {
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  std::string bytes = text_of(path);
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
  std::ofstream{path, std::ios::binary} << bytes;
}

// What `work` throws: the test fails when it is nothing or not an Error.
template <typename Work>
Error error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error{"no error was thrown"};
}

}  // namespace mlops::artifacts
