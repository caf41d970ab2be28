// Of which chunks a file consists. The recipe of a large file is itself a stream of bytes that is cut and stored in
// chunks, and so on, until it is short: that a byte of a huge file changed costs a few chunks, not a whole new list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

struct ChunkRef {
  Digest digest;
  std::uint32_t size = 0;
  friend bool operator==(const ChunkRef&, const ChunkRef&) = default;
};

struct Recipe {
  std::uint64_t size = 0;   // of the file
  std::uint32_t level = 0;  // 0: `parts` are the file's chunks; n: they hold the parts of level n - 1
  std::vector<ChunkRef> parts;
};

constexpr std::size_t chunk_ref_size = 36;
constexpr std::uint32_t max_recipe_level = 8;

std::string encode_recipe(const Recipe& recipe);
std::optional<Recipe> decode_recipe(std::span<const std::byte> bytes);

// Takes a file's chunks in order, and stores what does not fit in one record as chunks of its own.
class RecipeBuilder {
 public:
  using StoreChunk = std::function<Digest(std::span<const std::byte>)>;
  explicit RecipeBuilder(StoreChunk store) : store_{std::move(store)} {}

  void add(const ChunkRef& chunk);
  [[nodiscard]] std::size_t chunks() const { return chunks_; }
  // Once, at the end.
  Recipe finish();

 private:
  struct Level {
    std::string pending;      // encoded parts, not cut yet
    std::size_t emitted = 0;  // chunks that went to the next level
  };
  void append(std::size_t level, const ChunkRef& part);
  void cut(std::size_t level, bool at_end);

  StoreChunk store_;
  std::vector<Level> levels_;
  std::size_t chunks_ = 0;
  std::uint64_t size_ = 0;
};

// Reads a chunk's bytes, verified.
using LoadChunk = std::function<std::string(const ChunkRef&)>;
// Called for the chunks that hold a recipe's lower levels as they are met, for those who count or mark them.
using VisitNode = std::function<void(const ChunkRef&)>;
// Hands on the file's chunks in order. False when the parts don't add up to the file: the recipe is damaged.
bool for_each_chunk(const Recipe& recipe, const LoadChunk& load, const VisitNode& node,
                    const std::function<void(const ChunkRef&)>& visit);

}  // namespace mlops::artifacts
