// What a compressed stream unpacks to, as bytes that can be read from anywhere, in little memory.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <mlops/support/byte_source.hpp>

#include "archive/decoder.hpp"

namespace mlops::formats {

// Told of every piece of work that unpacking is, in bytes; may throw Unscannable to end it.
using Charge = std::function<void(std::uint64_t bytes)>;

// The most that a file of this size may unpack to, over and over again included: 256 times its size, but at least 1 GiB
// and at most 64 GiB. What is meant to be read is far from it, and what is meant to never end reaches it in seconds.
std::uint64_t most_unpacked(std::uint64_t packed_size);

// What unpacks to more than this is not unpacked to its end only to see how it ends.
constexpr std::uint64_t most_to_the_end = std::uint64_t{256} << 20;

// Some MiB of what was unpacked last are kept. Who reads elsewhere goes on from a checkpoint, where the decoder can be
// copied (zlib's can), or from the beginning. A stream that is broken
// has the bytes before the break: that is what a loader gets to see, too. Throws Unscannable when it unpacks to more
// than `most_unpacked`, or needs more memory than is sensible. Not for several threads.
class UnpackedSource final : public ByteSource {
 public:
  // `packed` must outlive it. `size`: what it unpacks to, where that is known.
  UnpackedSource(const ByteSource& packed, Packing packing, Charge charge = {},
                 std::optional<std::uint64_t> size = std::nullopt);
  ~UnpackedSource() override;

  // Unpacks all of it, once.
  [[nodiscard]] std::uint64_t size() const override;
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override;

  struct Ending {
    std::string problem;         // why it ended before its end; "" when it is whole
    std::uint64_t unpacked = 0;  // bytes
    std::uint64_t packed = 0;    // bytes that the streams take; what follows them belongs to none
    std::uint64_t streams = 0;   // of gzip: members, of zstd: frames
  };
  // Unpacks no more than `most`; nullopt when its end has not come by then.
  [[nodiscard]] std::optional<Ending> ending(std::uint64_t most) const;
  // The ending, or nullopt when it is further away than most_to_the_end. Throws Unscannable when nothing but a bomb
  // unpacks to so much from so little.
  [[nodiscard]] std::optional<Ending> ending() const;

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

// Where the zeros that begin at `offset` end; `offset` itself when there are none.
std::uint64_t end_of_zeros(const ByteSource& source, std::uint64_t offset);

}  // namespace mlops::formats
