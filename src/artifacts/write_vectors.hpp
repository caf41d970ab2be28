// writev(2) that writes all of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include <sys/uio.h>

namespace mlops::artifacts {

iovec vector_of(std::span<const std::byte> bytes);

// All of the vectors, which are used up, across short writes and EINTR; `path` is for the error.
void write_vectors(int fd, std::span<iovec> vectors, const std::filesystem::path& path);

}  // namespace mlops::artifacts
