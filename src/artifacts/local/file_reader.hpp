// A file out of its chunks: loaded and verified ahead on all cores, handed on in order.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <mlops/support/digest.hpp>

#include "pack_reader.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

using TakePieces = std::function<void(const std::vector<std::span<const std::byte>>& pieces)>;

// Error{integrity} when a chunk or the recipe is missing or damaged.
void read_file(PackReader& packs, const Digest& file, const Recipe& recipe, CheckChunks check, const TakePieces& take);

}  // namespace mlops::artifacts
