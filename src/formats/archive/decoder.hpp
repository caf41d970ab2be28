// Unpacking a compressed stream piece by piece, whichever library does it. Each library is known to one file beside
// this one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

enum class Packing {
  deflate,     // RFC 1951, without a frame
  zlib,        // RFC 1950
  gzip,        // RFC 1952
  bzip2,       // as bzip2 writes it
  xz,          // tukaani.org/xz/xz-file-format.txt
  lzma_alone,  // the older .lzma
  zip_lzma,    // LZMA as APPNOTE.TXT 5.8.8 frames it
  lz4,         // lz4_Frame_format.md
  zstd,        // RFC 8878
};
// "gzip"; of the two that only zip archives have, the name of the method.
std::string_view name_of(Packing packing);

class Decoder {
 public:
  enum class State {
    more,    // give it more bytes, or more room
    end,     // of this stream; what follows in the file may be another one
    broken,  // what was written so far is all there is
  };
  struct Step {
    std::size_t read = 0;
    std::size_t written = 0;
    State state = State::more;
  };

  virtual ~Decoder() = default;
  // Takes some of `packed` and fills some of `into`. Throws Unscannable when it would need more memory than is
  // sensible.
  virtual Step step(std::span<const std::byte> packed, std::span<std::byte> into) = 0;
  // Back to the beginning of a stream.
  virtual void restart() = 0;
  // One that goes on from here; nullptr when the library has no way to do that.
  [[nodiscard]] virtual std::unique_ptr<Decoder> copy() const { return nullptr; }
};

// `size`: what it unpacks to, where that is known; only zip_lzma needs it.
std::unique_ptr<Decoder> make_decoder(Packing packing, std::optional<std::uint64_t> size = std::nullopt);

// What a window or a dictionary may take.
constexpr std::uint64_t most_decoder_memory = std::uint64_t{256} << 20;

std::unique_ptr<Decoder> make_zlib_decoder(Packing packing);
std::unique_ptr<Decoder> make_bzip2_decoder();
std::unique_ptr<Decoder> make_lzma_decoder(Packing packing, std::optional<std::uint64_t> size);
std::unique_ptr<Decoder> make_lz4_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();

// The CRC-32 of zip and gzip, over the whole source.
std::uint32_t crc32_of(const ByteSource& source);

}  // namespace mlops::formats
