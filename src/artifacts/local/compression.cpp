#include "compression.hpp"

#include <algorithm>
#include <new>

#include <zstd.h>

namespace mlops::artifacts {

namespace {

constexpr int level = 1;
// What a sample has to lose for the rest to be tried.
constexpr std::size_t sample_size = 4096;
constexpr std::uint32_t most_skipped = 64;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

bool is_enough(std::size_t compressed, std::size_t size) { return compressed <= size - size / 8; }

}  // namespace

struct ChunkCompressor::Context {
  std::unique_ptr<ZSTD_CCtx, FreeContext> zstd{ZSTD_createCCtx()};

  [[nodiscard]] std::optional<std::string> compress(std::span<const std::byte> bytes) const {
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compressCCtx(zstd.get(), frame.data(), frame.size(), bytes.data(), bytes.size(), level);
    if (ZSTD_isError(size) != 0 || !is_enough(size, bytes.size())) return std::nullopt;
    frame.resize(size);
    return frame;
  }
};

ChunkCompressor::ChunkCompressor(Compression compression) {
  if (compression == Compression::none) return;
  context_ = std::make_unique<Context>();
  if (!context_->zstd) throw std::bad_alloc{};
}
ChunkCompressor::~ChunkCompressor() = default;
ChunkCompressor::ChunkCompressor(ChunkCompressor&&) noexcept = default;
ChunkCompressor& ChunkCompressor::operator=(ChunkCompressor&&) noexcept = default;

std::optional<std::string> ChunkCompressor::compress(std::span<const std::byte> chunk) {
  if (!context_ || chunk.size() < 64) return std::nullopt;
  if (skip_ > 0) {
    --skip_;
    return std::nullopt;
  }
  std::optional<std::string> frame;
  if (chunk.size() <= 2 * sample_size || context_->compress(chunk.subspan(chunk.size() / 2, sample_size))) {
    frame = context_->compress(chunk);
  }
  failures_ = frame ? 0 : failures_ + 1;
  if (!frame) skip_ = std::min(most_skipped, 1u << std::min(failures_, 6u)) - 1;
  return frame;
}

std::optional<std::string> decompress(std::span<const std::byte> frame, std::size_t size) {
  std::string bytes(size, '\0');
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != size) return std::nullopt;
  return bytes;
}

}  // namespace mlops::artifacts
