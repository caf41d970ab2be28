// From bytes to chunks in packs, and the recipe of the file that they are.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <mlops/artifacts/artifacts.hpp>

#include "chunk_writer.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

using Chunks = std::vector<std::span<const std::byte>>;

// The chunks of all bytes, or without the last ones that more bytes could lengthen.
Chunks cut_chunks(std::span<const std::byte> bytes, bool at_end);

struct AddedChunks {
  std::vector<ChunkRef> chunks;
  bool any_new = false;
};
AddedChunks add_chunks(ChunkWriter& writer, const Chunks& chunks);

// For the recipe of a file: what of it does not fit in a record goes to the writer.
RecipeBuilder recipe_builder(ChunkWriter& writer);
// Whether it is new.
bool add_recipe(ChunkWriter& writer, const Digest& file, const Recipe& recipe);

// All of an object that is in memory.
StoredObject put_memory(ChunkWriter& writer, std::span<const std::byte> bytes);

}  // namespace mlops::artifacts
