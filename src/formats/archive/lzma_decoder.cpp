#include <lzma.h>

#include <algorithm>
#include <new>
#include <string>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "decoder.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

// A zip archive frames LZMA in its own way: version (2 bytes), size of the properties (2), properties (5). Of these the
// header of an .lzma file can be made: properties, unpacked size (8).
constexpr std::size_t zip_frame = 4;
constexpr std::size_t properties = 5;

class LzmaDecoder final : public Decoder {
 public:
  LzmaDecoder(Packing packing, std::optional<std::uint64_t> size) : packing_{packing}, size_{size} { begin(); }
  ~LzmaDecoder() override { lzma_end(&stream_); }
  LzmaDecoder(const LzmaDecoder&) = delete;
  LzmaDecoder& operator=(const LzmaDecoder&) = delete;

  Step step(std::span<const std::byte> packed, std::span<std::byte> into) override {
    std::size_t taken = 0;
    if (packing_ == Packing::zip_lzma && !framed_) {
      taken = take_frame(packed);
      if (!framed_) return {taken, 0, State::more};
      Step begun = run(std::as_bytes(std::span{frame_}), into);
      begun.read = taken;
      return begun;
    }
    return run(packed, into);
  }

  void restart() override { begin(); }

 private:
  void begin() {
    const lzma_ret code = packing_ == Packing::xz ? lzma_stream_decoder(&stream_, most_decoder_memory, 0)
                                                  : lzma_alone_decoder(&stream_, most_decoder_memory);
    if (code != LZMA_OK) throw std::bad_alloc{};
    frame_.clear();
    framed_ = false;
  }

  std::size_t take_frame(std::span<const std::byte> packed) {
    const std::size_t count = std::min(packed.size(), zip_frame + properties - frame_.size());
    frame_.append(reinterpret_cast<const char*>(packed.data()), count);
    if (frame_.size() < zip_frame + properties) return count;
    frame_.erase(0, zip_frame);
    for (unsigned i = 0; i < 8; ++i) {
      frame_ += static_cast<char>(size_ ? static_cast<unsigned char>(*size_ >> (8 * i)) : 0xff);
    }
    framed_ = true;
    return count;
  }

  Step run(std::span<const std::byte> packed, std::span<std::byte> into) {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
    stream_.avail_in = packed.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(into.data());
    stream_.avail_out = into.size();
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    if (code == LZMA_MEM_ERROR) throw std::bad_alloc{};
    if (code == LZMA_MEMLIMIT_ERROR) {
      throw Unscannable{fmt::format("it needs more than {} of memory to unpack", bytes_text(most_decoder_memory))};
    }
    Step done{packed.size() - stream_.avail_in, into.size() - stream_.avail_out, State::more};
    if (code == LZMA_OK || code == LZMA_BUF_ERROR) return done;
    done.state = code == LZMA_STREAM_END ? State::end : State::broken;
    return done;
  }

  Packing packing_;
  std::optional<std::uint64_t> size_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::string frame_;
  bool framed_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_lzma_decoder(Packing packing, std::optional<std::uint64_t> size) {
  return std::make_unique<LzmaDecoder>(packing, size);
}

}  // namespace mlops::formats
