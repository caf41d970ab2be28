// Files that were registered by reference: their bytes are where they were, and may be gone or others by now.
#pragma once

#include <filesystem>
#include <string>

#include <mlops/artifacts/artifacts.hpp>

namespace mlops::artifacts {

// "file:///data/my%20model.bin", without symbolic links on the way.
std::string uri_of(const std::filesystem::path& path);

// Copies the file from its place into the empty file `fd`; `path` is for the error. Error{not_found} when nothing is at
// its place, Error{integrity} when it holds other bytes.
void copy_from_place(const domain::FileEntry& file, int fd, const std::filesystem::path& path,
                     const Progress& progress);

}  // namespace mlops::artifacts
