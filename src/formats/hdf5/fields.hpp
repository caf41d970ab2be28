// Reading the fields of a piece of HDF5 metadata, never beyond its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace mlops::formats::hdf5 {

// How many bytes an address and a length take in this file, as its superblock says.
struct Widths {
  std::uint8_t address = 8;
  std::uint8_t length = 8;
};

// "Undefined address": all bits set. Also what an undefined length looks like.
constexpr std::uint64_t undefined = std::numeric_limits<std::uint64_t>::max();

// A cursor over bytes in memory, which must outlive it. Every function throws Malformed, with the name of what is
// read, when the bytes end before what is asked.
class Fields {
 public:
  Fields(std::string_view bytes, Widths widths, std::string_view name) : bytes_{bytes}, widths_{widths}, name_{name} {}

  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] Widths widths() const { return widths_; }
  [[nodiscard]] std::string_view name() const { return name_; }

  // A little-endian integer of 0 to 8 bytes.
  std::uint64_t number(std::size_t width);
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::uint64_t address() { return all_ones_kept(widths_.address); }
  std::uint64_t length() { return all_ones_kept(widths_.length); }

  std::string_view take(std::uint64_t size);
  std::string_view rest() { return take(left()); }
  void skip(std::uint64_t size) { take(size); }
  // Up to and without a NUL, which is read too.
  std::string_view text();
  // The same in a field that is filled up with NULs to a multiple of 8 bytes.
  std::string_view padded_text();

  void expect(std::string_view signature);
  // Unscannable unless the next byte is this one.
  void expect_version(std::uint8_t version);

 private:
  std::uint64_t all_ones_kept(std::uint8_t width);

  std::string_view bytes_;
  std::size_t at_ = 0;
  Widths widths_;
  std::string_view name_;
};

// Bytes that hold any number up to `most`: 1 for 255, 2 for 256.
constexpr std::size_t bytes_for(std::uint64_t most) {
  std::size_t bytes = 1;
  while (bytes < 8 && (most >> (8 * bytes)) != 0) ++bytes;
  return bytes;
}

// Jenkins' lookup3 with the start value 0, which guards the newer structures.
std::uint32_t checksum(std::string_view bytes);

}  // namespace mlops::formats::hdf5
