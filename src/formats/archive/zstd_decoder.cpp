#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <new>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "decoder.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : context_{ZSTD_createDCtx()} {
    if (context_ == nullptr) throw std::bad_alloc{};
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, largest_window);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  Step step(std::span<const std::byte> packed, std::span<std::byte> into) override {
    // A block at a time: what was unpacked in a call that ends in an error is lost.
    ZSTD_inBuffer in{packed.data(), std::min(packed.size(), wanted_), 0};
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(context_, &out, &in);
    if (ZSTD_isError(hint) != 0U) {
      if (ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge) {
        throw Unscannable{
            fmt::format("it needs more than {} of memory to unpack", bytes_text(std::uint64_t{1} << largest_window))};
      }
      return {in.pos, out.pos, State::broken};
    }
    wanted_ = hint == 0 ? smallest_header : hint;
    return {in.pos, out.pos, hint == 0 ? State::end : State::more};
  }

  void restart() override {
    ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
    wanted_ = smallest_header;
  }

 private:
  static constexpr int largest_window = 27;  // what zstd itself allows unless told otherwise

  static constexpr std::size_t smallest_header = 5;

  ZSTD_DCtx* context_;
  std::size_t wanted_ = smallest_header;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }

}  // namespace mlops::formats
