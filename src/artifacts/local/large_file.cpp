#include "large_file.hpp"

#include <algorithm>

namespace mlops::artifacts {

ReadSegment read_segment(LargeFile& file, Segment& segment) {
  std::vector<std::byte>& buffer = segment.buffer;
  const std::size_t kept = file.leftover.size();
  buffer.resize(kept + segment_size);
  std::ranges::copy(file.leftover, buffer.begin());
  const std::size_t got = file.source.read_at(file.offset, std::span{buffer}.subspan(kept));
  buffer.resize(kept + got);
  file.offset += got;
  const bool at_end = got < segment_size;
  segment.chunks = cut_chunks(buffer, at_end);
  segment.sequence = file.segments;
  segment.uses_left = 2;
  const std::size_t used = segment.bytes().size();
  file.leftover.assign(buffer.begin() + static_cast<std::ptrdiff_t>(used), buffer.end());
  return {got, at_end};
}

}  // namespace mlops::artifacts
