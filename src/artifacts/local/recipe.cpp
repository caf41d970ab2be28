#include "recipe.hpp"

#include <algorithm>

#include "chunker.hpp"
#include "little_endian.hpp"
#include "pack_format.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::size_t fixed_size = 16;
// A list up to this stays in the recipe itself.
constexpr std::size_t max_list = 64u << 10;

void append_part(std::string& bytes, const ChunkRef& part) {
  append_digest(bytes, part.digest);
  append_number(bytes, part.size);
}

ChunkRef part_at(std::span<const std::byte> bytes, std::size_t offset) {
  return {digest_at(bytes, offset), number_at<std::uint32_t>(bytes, offset + Digest::size)};
}

// Walks a recipe from its top to the chunks. Parts may lie across the boundary of two chunks.
class Walk {
 public:
  Walk(const LoadChunk& load, const VisitNode& node, const std::function<void(const ChunkRef&)>& visit,
       std::uint64_t size, std::uint32_t levels)
      : load_{load}, node_{node}, visit_{visit}, left_{size}, rest_(levels) {}

  bool take(const ChunkRef& part, std::uint32_t level) {
    if (part.size > max_record_size) return false;
    // The one chunk of an empty file is empty, no other part is.
    if (part.size == 0 && (level > 0 || left_ > 0)) return false;
    if (level == 0) {
      if (part.size > left_) return false;
      left_ -= part.size;
      visit_(part);
      return true;
    }
    node_(part);
    std::string& rest = rest_[level - 1];
    rest += load_(part);
    std::size_t at = 0;
    // Taken out first: the walk below may grow rest_ of other levels only.
    const std::string bytes = std::move(rest);
    for (; bytes.size() - at >= chunk_ref_size; at += chunk_ref_size) {
      if (!take(part_at(as_bytes(bytes), at), level - 1)) return false;
    }
    rest = bytes.substr(at);
    return true;
  }

  [[nodiscard]] bool is_complete() const {
    return left_ == 0 && std::ranges::all_of(rest_, [](const std::string& rest) { return rest.empty(); });
  }

 private:
  const LoadChunk& load_;
  const VisitNode& node_;
  const std::function<void(const ChunkRef&)>& visit_;
  std::uint64_t left_;             // bytes of the file still to come
  std::vector<std::string> rest_;  // the beginning of a part whose end is in the next chunk, by level
};

}  // namespace

std::string encode_recipe(const Recipe& recipe) {
  std::string bytes;
  append_number(bytes, recipe.size);
  append_number(bytes, recipe.level);
  append_number(bytes, static_cast<std::uint32_t>(recipe.parts.size()));
  for (const ChunkRef& part : recipe.parts) append_part(bytes, part);
  append_digest(bytes, sha256(as_bytes(bytes)));
  return bytes;
}

std::optional<Recipe> decode_recipe(std::span<const std::byte> bytes) {
  if (bytes.size() < fixed_size + Digest::size) return std::nullopt;
  const std::size_t end = bytes.size() - Digest::size;
  if (sha256(bytes.first(end)) != digest_at(bytes, end)) return std::nullopt;
  Recipe recipe{.size = number_at<std::uint64_t>(bytes, 0), .level = number_at<std::uint32_t>(bytes, 8), .parts = {}};
  const auto parts = number_at<std::uint32_t>(bytes, 12);
  if (recipe.level > max_recipe_level || end != fixed_size + std::size_t{parts} * chunk_ref_size) return std::nullopt;
  recipe.parts.reserve(parts);
  for (std::size_t at = fixed_size; at < end; at += chunk_ref_size) recipe.parts.push_back(part_at(bytes, at));
  return recipe;
}

void RecipeBuilder::add(const ChunkRef& chunk) {
  ++chunks_;
  size_ += chunk.size;
  append(0, chunk);
}

void RecipeBuilder::append(std::size_t level, const ChunkRef& part) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  append_part(levels_[level].pending, part);
  if (levels_[level].pending.size() >= 2 * max_chunk) cut(level, false);
}

void RecipeBuilder::cut(std::size_t level, bool at_end) {
  const std::string bytes = std::move(levels_[level].pending);
  levels_[level].pending.clear();
  std::size_t at = 0;
  while (bytes.size() - at >= max_chunk || (at_end && at < bytes.size())) {
    const auto rest = as_bytes(bytes).subspan(at);
    const auto chunk = rest.first(first_chunk(rest));
    ++levels_[level].emitted;
    append(level + 1, {store_(chunk), static_cast<std::uint32_t>(chunk.size())});
    at += chunk.size();
  }
  levels_[level].pending = bytes.substr(at);
}

Recipe RecipeBuilder::finish() {
  std::size_t level = 0;
  if (levels_.empty()) levels_.resize(1);
  while (levels_[level].emitted > 0 || levels_[level].pending.size() > max_list) {
    cut(level, true);
    ++level;
  }
  Recipe recipe{.size = size_, .level = static_cast<std::uint32_t>(level), .parts = {}};
  const std::string& list = levels_[level].pending;
  for (std::size_t at = 0; at < list.size(); at += chunk_ref_size) recipe.parts.push_back(part_at(as_bytes(list), at));
  return recipe;
}

bool for_each_chunk(const Recipe& recipe, const LoadChunk& load, const VisitNode& node,
                    const std::function<void(const ChunkRef&)>& visit) {
  Walk walk{load, node, visit, recipe.size, recipe.level};
  for (const ChunkRef& part : recipe.parts) {
    if (!walk.take(part, recipe.level)) return false;
  }
  return walk.is_complete();
}

}  // namespace mlops::artifacts
