#include "byte_reader.hpp"

#include <span>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t buffer_size = 64u << 10;

}  // namespace

ByteReader::ByteReader(const ByteSource& source, std::uint64_t offset)
    : source_{source}, size_{source.size()}, offset_{offset} {}

void ByteReader::skip(std::uint64_t bytes) {
  if (bytes > left()) throw Malformed{fmt::format("it ends before byte {}", offset_ + bytes)};
  offset_ += bytes;
}

bool ByteReader::load() {
  if (offset_ >= buffer_at_ && offset_ - buffer_at_ < buffer_.size()) return true;
  buffer_ = read_bytes(source_, offset_, buffer_size);
  buffer_at_ = offset_;
  return !buffer_.empty();
}

void ByteReader::fill(void* into, std::size_t size) {
  auto* out = static_cast<char*>(into);
  while (size > 0) {
    if (!load()) throw Malformed{fmt::format("it ends at byte {}, in the middle of something", offset_)};
    const auto at = static_cast<std::size_t>(offset_ - buffer_at_);
    const std::size_t count = std::min(size, buffer_.size() - at);
    std::memcpy(out, buffer_.data() + at, count);
    out += count;
    size -= count;
    offset_ += count;
  }
}

std::uint8_t ByteReader::byte() { return little<std::uint8_t>(); }

std::string ByteReader::text(std::uint64_t size, std::uint64_t most) {
  if (size > left())
    throw Malformed{fmt::format("{} bytes are declared at byte {}, {} are left", size, offset_, left())};
  if (size > most)
    throw Malformed{fmt::format("{} bytes are declared at byte {}, at most {} make sense", size, offset_, most)};
  std::string bytes(static_cast<std::size_t>(size), '\0');
  fill(bytes.data(), bytes.size());
  return bytes;
}

std::string ByteReader::text_until(char end, std::uint64_t most) {
  std::string bytes;
  for (;;) {
    if (!load()) throw Malformed{fmt::format("it ends at byte {}, in the middle of something", offset_)};
    const std::string_view here = std::string_view{buffer_}.substr(static_cast<std::size_t>(offset_ - buffer_at_));
    const std::size_t at = here.find(end);
    const std::string_view part = here.substr(0, at);
    if (bytes.size() + part.size() > most)
      throw Malformed{fmt::format("a line at byte {} is longer than {} bytes", offset_, most)};
    bytes += part;
    offset_ += part.size();
    if (at == std::string_view::npos) continue;
    ++offset_;
    return bytes;
  }
}

}  // namespace mlops::formats
