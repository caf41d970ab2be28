#include <lz4frame.h>

#include <algorithm>
#include <new>

#include "decoder.hpp"

namespace mlops::formats {

namespace {

class Lz4Decoder final : public Decoder {
 public:
  Lz4Decoder() {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0U) throw std::bad_alloc{};
  }
  ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context_); }
  Lz4Decoder(const Lz4Decoder&) = delete;
  Lz4Decoder& operator=(const Lz4Decoder&) = delete;

  Step step(std::span<const std::byte> packed, std::span<std::byte> into) override {
    // A block at a time: what was unpacked in a call that ends in an error is lost.
    std::size_t read = std::min(packed.size(), wanted_);
    std::size_t written = into.size();
    const std::size_t hint = LZ4F_decompress(context_, into.data(), &written, packed.data(), &read, nullptr);
    if (LZ4F_isError(hint) != 0U) return {0, 0, State::broken};
    wanted_ = hint == 0 ? smallest_header : hint;
    return {read, written, hint == 0 ? State::end : State::more};
  }

  void restart() override {
    LZ4F_resetDecompressionContext(context_);
    wanted_ = smallest_header;
  }

 private:
  static constexpr std::size_t smallest_header = 7;

  LZ4F_dctx* context_ = nullptr;
  std::size_t wanted_ = smallest_header;
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder() { return std::make_unique<Lz4Decoder>(); }

}  // namespace mlops::formats
