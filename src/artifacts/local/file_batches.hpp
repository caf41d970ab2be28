// The chunks of a file in batches: loaded ahead on all cores, taken in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <vector>

#include <mlops/support/digest.hpp>

#include "pack_reader.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

struct Batch {
  std::vector<ChunkRef> chunks;
  std::uint64_t offset = 0;  // in the file
  std::size_t size = 0;
  LoadedChunks loaded;
  bool is_held = false;  // by the file that is being made: nothing is loaded
  std::exception_ptr failure;
  bool is_done = false;

  void add(const ChunkRef& chunk) {
    chunks.push_back(chunk);
    size += chunk.size;
  }
  // To be filled, again or for the first time.
  void begin(std::uint64_t at) {
    chunks.clear();
    offset = at;
    size = 0;
    loaded.clear();
    is_done = false;
  }
};

using LoadBatch = std::function<void(Batch&)>;
using TakeBatch = std::function<void(Batch&)>;

// Tells of every chunk of the file in order; Error{integrity} when the recipe is damaged.
void visit_chunks(PackReader& packs, const Digest& file, const Recipe& recipe,
                  const std::function<void(const ChunkRef&)>& visit);

// Calls `load` for each batch of the file, on all cores, and `take` for each in order. Error{integrity} when the recipe
// is damaged.
void in_batches(PackReader& packs, const Digest& file, const Recipe& recipe, const LoadBatch& load,
                const TakeBatch& take);

}  // namespace mlops::artifacts
