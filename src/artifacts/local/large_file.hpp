// A file that is too large for one thread: read and cut in order, a segment at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <mlops/support/digest.hpp>

#include "put_chunks.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

// What is read of it at once. A smaller file is one thread's work from start to end.
constexpr std::size_t segment_size = 1u << 20;

// A piece of a large file that is a whole number of chunks.
struct Segment {
  std::vector<std::byte> buffer;
  Chunks chunks;
  std::size_t sequence = 0;
  int uses_left = 2;  // the file's hash, and the chunks'

  [[nodiscard]] std::span<const std::byte> bytes() const {
    std::size_t size = 0;
    for (const auto& chunk : chunks) size += chunk.size();
    return std::span<const std::byte>{buffer}.first(size);
  }
};
using SegmentPtr = std::shared_ptr<Segment>;

// Reading, hashing the whole, and listing the chunks each go in order, at most one thread at a time; hashing and
// storing the chunks of its segments go as they come.
struct LargeFile {
  LargeFile(std::size_t at, SourceFile file, ChunkWriter& writer)
      : index{at}, source{std::move(file)}, recipe{recipe_builder(writer)} {}

  std::size_t index;  // among the files that are stored
  SourceFile source;

  bool is_reading = false;
  bool is_read = false;
  std::uint64_t offset = 0;         // of what is read next
  std::vector<std::byte> leftover;  // read, but not cut yet
  std::size_t segments = 0;         // made so far
  std::size_t segments_left = 0;    // not done with

  bool is_hashing = false;
  Sha256 hash;
  std::size_t next_to_hash = 0;
  std::map<std::size_t, SegmentPtr> to_hash;

  bool is_listing = false;
  RecipeBuilder recipe;
  std::size_t next_to_list = 0;
  std::map<std::size_t, std::vector<ChunkRef>> to_list;

  bool any_new = false;
};
using LargeFilePtr = std::shared_ptr<LargeFile>;

struct ReadSegment {
  std::size_t bytes = 0;  // that were read
  bool at_end = false;
};
// Reads and cuts the next segment, for the thread that is at it.
ReadSegment read_segment(LargeFile& file, Segment& segment);

}  // namespace mlops::artifacts
