#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include "decoder.hpp"

namespace mlops::formats {

namespace {

// How inflateInit2 is told which frame to expect.
int window_bits(Packing packing) {
  if (packing == Packing::deflate) return -MAX_WBITS;
  return packing == Packing::gzip ? MAX_WBITS + 16 : MAX_WBITS;
}

uInt clamp(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

class ZlibDecoder final : public Decoder {
 public:
  explicit ZlibDecoder(Packing packing) {
    if (inflateInit2(&stream_, window_bits(packing)) != Z_OK) throw std::bad_alloc{};
  }
  ~ZlibDecoder() override { inflateEnd(&stream_); }
  ZlibDecoder(const ZlibDecoder&) = delete;
  ZlibDecoder& operator=(const ZlibDecoder&) = delete;

  Step step(std::span<const std::byte> packed, std::span<std::byte> into) override {
    const uInt offered = clamp(packed.size());
    const uInt room = clamp(into.size());
    // zlib's own type is not const, but it doesn't write there.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = room;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    Step done{offered - stream_.avail_in, room - stream_.avail_out, State::more};
    if (code == Z_STREAM_END) done.state = State::end;
    if (code == Z_DATA_ERROR || code == Z_NEED_DICT || code == Z_STREAM_ERROR) done.state = State::broken;
    if (code == Z_MEM_ERROR) throw std::bad_alloc{};
    return done;
  }

  void restart() override { inflateReset(&stream_); }

  [[nodiscard]] std::unique_ptr<Decoder> copy() const override {
    auto other = std::unique_ptr<ZlibDecoder>{new ZlibDecoder};
    // zlib's own type is not const, but it doesn't write there.
    if (inflateCopy(&other->stream_, const_cast<z_stream*>(&stream_)) != Z_OK) throw std::bad_alloc{};
    return other;
  }

 private:
  ZlibDecoder() = default;

  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder(Packing packing) { return std::make_unique<ZlibDecoder>(packing); }

std::uint32_t crc32_of(const ByteSource& source) {
  std::array<std::byte, 64u << 10> piece;
  uLong crc = crc32(0, nullptr, 0);
  std::uint64_t offset = 0;
  while (const std::size_t got = source.read_at(offset, piece)) {
    crc = crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), clamp(got));
    offset += got;
  }
  return static_cast<std::uint32_t>(crc);
}

}  // namespace mlops::formats
