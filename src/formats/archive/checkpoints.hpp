// Places in a compressed stream from which unpacking can go on, for decoders that can be copied.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "archive/decoder.hpp"

namespace mlops::formats {

struct Checkpoint {
  std::uint64_t unpacked = 0;  // offset in what it unpacks to
  std::uint64_t packed = 0;    // offset in the stream
  std::uint64_t streams = 0;   // that have ended before
  std::unique_ptr<Decoder> decoder;
};

// Some hundreds of them, some 50 kB each: the longer the stream, the further apart.
class Checkpoints {
 public:
  [[nodiscard]] bool wants(std::uint64_t unpacked) const { return unpacked >= next_; }
  void add(Checkpoint checkpoint);
  // The last one at or before the offset; nullptr when there is none.
  [[nodiscard]] const Checkpoint* before(std::uint64_t unpacked) const;

 private:
  std::uint64_t distance_ = std::uint64_t{16} << 20;
  std::uint64_t next_ = distance_;
  std::vector<Checkpoint> kept_;
};

}  // namespace mlops::formats
