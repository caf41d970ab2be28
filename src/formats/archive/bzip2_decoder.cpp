#include <bzlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "decoder.hpp"

namespace mlops::formats {

namespace {

unsigned clamp(std::size_t size) {
  return static_cast<unsigned>(std::min<std::size_t>(size, std::numeric_limits<unsigned>::max()));
}

class Bzip2Decoder final : public Decoder {
 public:
  Bzip2Decoder() { begin(); }
  ~Bzip2Decoder() override { BZ2_bzDecompressEnd(&stream_); }
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;

  Step step(std::span<const std::byte> packed, std::span<std::byte> into) override {
    const unsigned offered = clamp(packed.size());
    const unsigned room = clamp(into.size());
    // bzip2's own type is not const, but it doesn't write there.
    stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(packed.data()));
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<char*>(into.data());
    stream_.avail_out = room;
    const int code = BZ2_bzDecompress(&stream_);
    Step done{offered - stream_.avail_in, room - stream_.avail_out, State::more};
    if (code == BZ_MEM_ERROR) throw std::bad_alloc{};
    if (code != BZ_OK) done.state = code == BZ_STREAM_END ? State::end : State::broken;
    return done;
  }

  void restart() override {
    BZ2_bzDecompressEnd(&stream_);
    begin();
  }

 private:
  void begin() {
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc{};
  }

  bz_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder() { return std::make_unique<Bzip2Decoder>(); }

}  // namespace mlops::formats
