// A buffer that moves over a source, made for reading millions of instructions of a few bytes each.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats::pickle {

class Window {
 public:
  static constexpr std::size_t size = 256u << 10;
  // Of a text or of bytes, what is looked at while going by.
  static constexpr std::size_t longest_head = 256;

  // `piece`: how much is read at a time, at least `longest_head`.
  explicit Window(const ByteSource& source, std::size_t piece = size);

  [[nodiscard]] std::uint64_t offset() const { return buffer_at_ + at_; }
  [[nodiscard]] std::uint64_t left() const { return end_ - offset(); }
  [[nodiscard]] const ByteSource& source() const { return source_; }

  void seek(std::uint64_t offset);  // no further than the end
  // Each throws Malformed when the source ends before.
  void skip(std::uint64_t bytes);
  std::uint8_t byte() { return take(1)[0]; }
  // `bytes` in one piece, at most `longest_head`, which stay there until the next call.
  const unsigned char* take(std::size_t bytes) {
    if (buffer_.size() - at_ < bytes) [[unlikely]]
      refill(bytes);
    const auto* here = reinterpret_cast<const unsigned char*>(buffer_.data()) + at_;
    at_ += bytes;
    return here;
  }
  template <typename T>
  T little() {
    T value{};
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  // Up to the next newline, which is read too, of at most a piece; they stay there until the next call.
  std::string_view line();
  // The same when the line has at most `most` bytes; otherwise nothing is read.
  std::optional<std::string_view> short_line(std::size_t most);
  // The same for a line of any length. The bytes in it, without the newline.
  std::uint64_t skip_line();

 private:
  void refill(std::size_t bytes);

  const ByteSource& source_;
  std::uint64_t end_;
  std::size_t piece_;
  std::uint64_t buffer_at_ = 0;
  std::size_t at_ = 0;
  std::string buffer_;
};

}  // namespace mlops::formats::pickle
