// Chunks made smaller where it pays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <mlops/artifacts/artifacts.hpp>

namespace mlops::artifacts {

// Compresses chunk after chunk of similar content. What does not shrink is soon only tried now and then: weights and
// images cost next to nothing. Not for use by two threads at once.
class ChunkCompressor {
 public:
  explicit ChunkCompressor(Compression compression);
  ~ChunkCompressor();
  ChunkCompressor(ChunkCompressor&&) noexcept;
  ChunkCompressor& operator=(ChunkCompressor&&) noexcept;

  // The compressed bytes; nullopt when they would not be at least an eighth smaller.
  std::optional<std::string> compress(std::span<const std::byte> chunk);

 private:
  struct Context;
  std::unique_ptr<Context> context_;  // null: compression is off
  std::uint32_t failures_ = 0;        // in a row
  std::uint32_t skip_ = 0;            // chunks not to be tried
};

// Exactly `size` bytes; nullopt when the frame is damaged or holds another number.
std::optional<std::string> decompress(std::span<const std::byte> frame, std::size_t size);

}  // namespace mlops::artifacts
