#include "chunk_source.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "file_batches.hpp"

namespace mlops::artifacts {

namespace {

// Readers of model files hop: they look at a header here and at a table there. So little is loaded around what is
// asked, and more when they go on reading in order.
constexpr std::size_t least_chunks = 1;
constexpr std::size_t most_chunks = 64;

class ChunkSource final : public ByteSource {
 public:
  ChunkSource(PackReader& packs, const Digest& file, const Recipe& recipe) : packs_{packs}, size_{recipe.size} {
    std::uint64_t begin = 0;
    visit_chunks(packs, file, recipe, [&](const ChunkRef& chunk) {
      chunks_.push_back(chunk);
      begins_.push_back(begin);
      begin += chunk.size;
    });
  }

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size() && offset + done < size_) {
      load(offset + done);
      const auto at = static_cast<std::size_t>(offset + done - window_begin_);
      const std::size_t count = std::min(into.size() - done, window_.size() - at);
      std::memcpy(into.data() + done, window_.data() + at, count);
      done += count;
    }
    return done;
  }

 private:
  // Sees to it that the byte at `offset` is in the window.
  void load(std::uint64_t offset) const {
    const std::uint64_t window_end = window_begin_ + window_.size();
    if (offset >= window_begin_ && offset < window_end) return;
    count_ = offset == window_end ? std::min(count_ * 2, most_chunks) : least_chunks;
    const auto after = std::ranges::upper_bound(begins_, offset);
    const std::size_t first = static_cast<std::size_t>(after - begins_.begin()) - 1;
    loaded_.clear();
    packs_.load(std::span{chunks_}.subspan(first, std::min(count_, chunks_.size() - first)), CheckChunks::yes, loaded_);
    window_.clear();
    window_begin_ = begins_[first];
    for (const auto& piece : loaded_.pieces()) window_.insert(window_.end(), piece.begin(), piece.end());
  }

  PackReader& packs_;
  std::uint64_t size_;
  std::vector<ChunkRef> chunks_;
  std::vector<std::uint64_t> begins_;
  mutable LoadedChunks loaded_;
  mutable std::vector<std::byte> window_;
  mutable std::uint64_t window_begin_ = 0;
  mutable std::size_t count_ = least_chunks;
};

}  // namespace

std::unique_ptr<ByteSource> open_chunks(PackReader& packs, const Digest& file, const Recipe& recipe) {
  return std::make_unique<ChunkSource>(packs, file, recipe);
}

}  // namespace mlops::artifacts
