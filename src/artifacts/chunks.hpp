// Reading a file from start to end in pieces.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>

namespace mlops::artifacts {

using ChunkSink = std::function<void(std::span<const std::byte>)>;

// Hands on what `fd` holds from its position to its end, in pieces of bounded size; `path` is for the error.
void read_chunks(int fd, const std::filesystem::path& path, const ChunkSink& take);

}  // namespace mlops::artifacts
