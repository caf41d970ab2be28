// Reading the fields of a binary header one after the other, never beyond its end.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

// A cursor with a buffer over a source. Every function throws Malformed when the source ends before what is asked.
class ByteReader {
 public:
  explicit ByteReader(const ByteSource& source, std::uint64_t offset = 0);

  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t left() const { return offset_ < size_ ? size_ - offset_ : 0; }
  [[nodiscard]] bool at_end() const { return left() == 0; }

  void seek(std::uint64_t offset) { offset_ = offset; }
  void skip(std::uint64_t bytes);  // no further than the end

  std::uint8_t byte();
  // Little-endian, as nearly all of these formats are.
  template <typename T>
  T little() {
    T value{};
    fill(&value, sizeof value);
    static_assert(std::endian::native == std::endian::little);
    return value;
  }
  template <typename T>
  T big() {
    std::array<unsigned char, sizeof(T)> bytes{};
    fill(bytes.data(), bytes.size());
    std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<T>(bytes);
  }
  // Refuses more than `most` bytes, so that a declared length can't fill memory.
  std::string text(std::uint64_t size, std::uint64_t most);
  // Up to and without `end`, which is read too; Malformed when it does not come within `most` bytes.
  std::string text_until(char end, std::uint64_t most);

 private:
  void fill(void* into, std::size_t size);
  [[nodiscard]] bool load();  // bytes at offset_ into the buffer

  const ByteSource& source_;
  std::uint64_t size_;
  std::uint64_t offset_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;
};

}  // namespace mlops::formats
