#include "local/recipe.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "local/chunker.hpp"
#include "local/pack_format.hpp"
#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// Keeps the chunks of recipes in memory.
struct ChunksInMemory {
  std::map<Digest, std::string> chunks;

  RecipeBuilder builder() {
    return RecipeBuilder{[this](std::span<const std::byte> bytes) {
      const std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
      chunks[named(text)] = text;
      return named(text);
    }};
  }
  [[nodiscard]] LoadChunk load() const {
    return [this](const ChunkRef& part) { return chunks.at(part.digest); };
  }
};

std::vector<ChunkRef> parts_numbered(std::size_t count) {
  const std::string digests = random_bytes(count * Digest::size, 1);
  std::vector<ChunkRef> parts;
  for (std::size_t i = 0; i < count; ++i) {
    Digest::Bytes digest{};
    std::copy_n(digests.begin() + static_cast<std::ptrdiff_t>(i * Digest::size), Digest::size, digest.begin());
    parts.push_back({Digest{digest}, static_cast<std::uint32_t>(10'000 + i % 1000)});
  }
  return parts;
}

struct Built {
  ChunksInMemory memory;
  Recipe recipe;
};

Built build(const std::vector<ChunkRef>& parts) {
  Built built;
  RecipeBuilder builder = built.memory.builder();
  for (const ChunkRef& part : parts) builder.add(part);
  CHECK(builder.chunks() == parts.size());
  built.recipe = builder.finish();
  return built;
}

struct Walked {
  bool is_whole = false;
  std::vector<ChunkRef> parts;
  std::size_t nodes = 0;
};

Walked walk(const Recipe& recipe, const ChunksInMemory& memory) {
  Walked walked;
  walked.is_whole = for_each_chunk(
      recipe, memory.load(), [&](const ChunkRef&) { ++walked.nodes; },
      [&](const ChunkRef& part) { walked.parts.push_back(part); });
  return walked;
}

TEST_CASE("a recipe is read as it was written, and with any bit flipped not at all") {
  const Recipe recipe{.size = 5, .level = 0, .parts = {{named("a"), 2}, {named("b"), 3}}};
  const std::string bytes = encode_recipe(recipe);
  CHECK(bytes.size() == 16 + 2 * chunk_ref_size + Digest::size);
  const auto read = decode_recipe(bytes_of(bytes));
  REQUIRE(read);
  CHECK(read->size == 5);
  CHECK(read->level == 0);
  CHECK(read->parts == recipe.parts);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(decode_recipe(bytes_of(damaged)));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode_recipe(bytes_of(bytes).first(size)));
}

TEST_CASE("a sealed recipe that no writer writes is refused all the same") {
  std::string bytes = encode_recipe({.size = 5, .level = 0, .parts = {{named("a"), 5}}});
  bytes.resize(bytes.size() - Digest::size);
  const auto sealed = [&bytes] {
    const Digest digest = named(bytes);
    return bytes + std::string{reinterpret_cast<const char*>(digest.bytes().data()), Digest::size};
  };
  REQUIRE(decode_recipe(bytes_of(sealed())));
  SECTION("more parts than there are bytes") { bytes[12] = 2; }
  SECTION("as many parts as can be said") { bytes.replace(12, 4, 4, '\xFF'); }
  SECTION("too many levels") { bytes[8] = 9; }
  CHECK_FALSE(decode_recipe(bytes_of(sealed())));
}

TEST_CASE("a list of chunks comes back in order, however long") {
  const auto [count, level] = GENERATE(table<std::size_t, std::uint32_t>(
      {{0, 0}, {1, 0}, {1'820, 0}, {1'821, 1}, {10'000, 1}, {100'000, 1}, {2'000'000, 2}}));
  CAPTURE(count);
  const auto parts = parts_numbered(count);
  const Built built = build(parts);
  CHECK(built.recipe.level == level);
  CHECK(encode_recipe(built.recipe).size() < max_record_size);
  for (const auto& [digest, bytes] : built.memory.chunks) REQUIRE(bytes.size() <= max_chunk);
  const Walked walked = walk(built.recipe, built.memory);
  CHECK(walked.is_whole);
  CHECK(walked.parts == parts);
  CHECK((walked.nodes > 0) == (level > 0));
}

TEST_CASE("a changed chunk of a huge file costs a few chunks of its list") {
  auto parts = parts_numbered(100'000);
  const Built before = build(parts);
  parts[50'000] = {named("changed"), 1};
  const Built after = build(parts);
  std::size_t bytes = 0;
  for (const auto& [digest, chunk] : after.memory.chunks) {
    if (!before.memory.chunks.contains(digest)) bytes += chunk.size();
  }
  CHECK(bytes > 0);
  CHECK(bytes <= 3 * max_chunk);
}

TEST_CASE("a recipe whose parts don't add up to its file is damaged") {
  Built built = build(parts_numbered(5'000));
  REQUIRE(built.recipe.level == 1);
  SECTION("a part is missing") { built.recipe.parts.pop_back(); }
  SECTION("a part comes twice") { built.recipe.parts.push_back(built.recipe.parts.back()); }
  SECTION("the file is said to be larger") { ++built.recipe.size; }
  SECTION("the file is said to be smaller") { --built.recipe.size; }
  SECTION("a level is left out") { built.recipe.level = 0; }
  SECTION("a part is empty") { built.recipe.parts[0].size = 0; }
  SECTION("a part is larger than any") { built.recipe.parts[0].size = max_record_size + 1; }
  SECTION("a list ends within an entry") {
    const std::string cut = built.memory.chunks.at(built.recipe.parts.back().digest) + "x";
    built.memory.chunks[named(cut)] = cut;
    built.recipe.parts.back() = {named(cut), static_cast<std::uint32_t>(cut.size())};
  }
  CHECK_FALSE(walk(built.recipe, built.memory).is_whole);
}

}  // namespace
}  // namespace mlops::artifacts
