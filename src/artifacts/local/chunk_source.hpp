// A file out of its chunks, read from anywhere in it.
#pragma once

#include <memory>

#include <mlops/support/byte_source.hpp>
#include <mlops/support/digest.hpp>

#include "pack_reader.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

// Every chunk that is read is verified. `packs` must outlive it. Error{integrity} as of read_file().
std::unique_ptr<ByteSource> open_chunks(PackReader& packs, const Digest& file, const Recipe& recipe);

}  // namespace mlops::artifacts
