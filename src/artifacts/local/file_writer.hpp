// A file on disk out of its chunks.
#pragma once

#include <filesystem>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/digest.hpp>

#include "pack_reader.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

// Makes the file `fd` hold the bytes, every chunk verified. What it holds of their beginning already is only read; the
// rest is appended, so that a write that did not happen shows in the length. `path` is for errors.
void write_file(PackReader& packs, const Digest& file, const Recipe& recipe, int fd, const std::filesystem::path& path,
                const Progress& progress);

}  // namespace mlops::artifacts
