// An HDF5 file as others may have forged it: where its parts are, and their bytes, within what is there and what may be
// spent. Source: HDF5 File Format Specification Version 3.0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/support/byte_source.hpp>

#include "fields.hpp"

namespace mlops::formats::hdf5 {

// Where the superblock begins: at 0, or behind a user block of 512, 1024, 2048 … bytes. nullopt when it is not HDF5.
std::optional<std::uint64_t> find_superblock(const ByteSource& source);

struct Superblock {
  std::uint8_t version = 0;
  Widths widths;
  std::uint64_t base = 0;               // all addresses are relative to this place in the file
  std::uint64_t end = 0;                // where the file ended when it was written, in the file
  std::uint64_t root = undefined;       // the object header of the root group
  std::uint64_t extension = undefined;  // another object header, about the file
  std::uint64_t driver = undefined;     // what only a special driver can read
};

class File {
 public:
  // Fuzzers can't guess checksums.
  enum class Checksums { verified, ignored };

  // `source` must outlive it. Malformed and Unscannable when there is no superblock to speak of.
  explicit File(const ByteSource& source, Checksums checksums = Checksums::verified);

  [[nodiscard]] const Superblock& superblock() const { return superblock_; }
  [[nodiscard]] Widths widths() const { return superblock_.widths; }

  // Bytes at an address. Malformed when they are not all there; `name` says what they are: "a local heap".
  [[nodiscard]] std::string read(std::uint64_t address, std::uint64_t size, std::string_view name) const;
  // The same where the last four bytes are the checksum of the others, which are returned without it.
  [[nodiscard]] std::string read_checked(std::uint64_t address, std::uint64_t size, std::string_view name) const;
  // Malformed unless the last four bytes of `whole` are the checksum of the others.
  void verify(std::string_view whole, std::string_view name) const;

  [[nodiscard]] Fields fields(std::string_view bytes, std::string_view name) const { return {bytes, widths(), name}; }
  // Whether data at an address is all there; by how many bytes it reaches beyond the end of the file otherwise.
  [[nodiscard]] std::uint64_t missing(std::uint64_t address, std::uint64_t size) const;
  // Counts work. Throws Unscannable when the file makes more of it than any honest one.
  void spend(std::uint64_t amount) const;
  [[nodiscard]] bool is_spent() const;

 private:
  void read_superblock(std::uint64_t at);
  void read_old_superblock(Fields& fields);
  void read_new_superblock(Fields& fields, std::string_view bytes);

  const ByteSource& source_;
  std::uint64_t size_;
  Checksums checksums_;
  Superblock superblock_;
  mutable std::uint64_t spent_ = 0;
};

}  // namespace mlops::formats::hdf5
