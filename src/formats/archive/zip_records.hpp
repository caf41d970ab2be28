// The records of a zip archive as they stand there, each read by itself. Source: APPNOTE.TXT 6.3.10, section 4.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

constexpr std::string_view zip_local_magic = "PK\x03\x04";
constexpr std::string_view zip_central_magic = "PK\x01\x02";
constexpr std::string_view zip_end_magic = "PK\x05\x06";
constexpr std::string_view zip64_end_magic = "PK\x06\x06";
constexpr std::string_view zip64_locator_magic = "PK\x06\x07";
constexpr std::string_view zip_descriptor_magic = "PK\x07\x08";

constexpr std::size_t zip_local_size = 30;
constexpr std::size_t zip_central_size = 46;
constexpr std::size_t zip_end_size = 22;
constexpr std::size_t zip64_locator_size = 20;
constexpr std::size_t zip64_end_size = 56;

// Bits of a header's flags.
constexpr std::uint16_t zip_flag_encrypted = 1u << 0;
constexpr std::uint16_t zip_flag_descriptor = 1u << 3;  // sizes and checksum follow the data
constexpr std::uint16_t zip_flag_strong_encryption = 1u << 6;
constexpr std::uint16_t zip_flag_utf8 = 1u << 11;
constexpr std::uint16_t zip_flag_masked = 1u << 13;  // encrypted central directory
constexpr std::uint16_t zip_flags_of_encryption = zip_flag_encrypted | zip_flag_strong_encryption | zip_flag_masked;

// What stands in both headers of a member: the one in front of its data, and the one in the central directory.
struct ZipHeader {
  std::string name;
  std::string unicode_name;  // of the extra field 0x7075, where there is one
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t packed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header_size = 0;  // of all of it, with name, extra fields and comment
  bool zip64 = false;             // it has the extra field, which makes the sizes of a descriptor 8 bytes long
  bool sizes_missing = false;     // they are said to be in the extra field, which does not have them

  // Only in the central directory:
  std::uint64_t local_offset = 0;
  std::uint32_t disk = 0;
  std::uint32_t unix_mode = 0;  // 0 when it was not made on Unix
};

// nullopt when there is no such record at `offset`, or the source ends within it.
std::optional<ZipHeader> read_local_header(const ByteSource& source, std::uint64_t offset);
// Of bytes that begin with it.
std::optional<ZipHeader> parse_central_header(std::string_view bytes);

// The end of an archive, with the zip64 record's figures in place of the small ones where those refer to it.
struct ZipEnd {
  std::uint64_t offset = 0;            // of the end record
  std::uint64_t size = 0;              // with its comment
  std::uint64_t directory_end = 0;     // where the end records begin: the zip64 one, if there is one
  std::uint64_t directory_offset = 0;  // as declared
  std::uint64_t directory_size = 0;
  std::uint64_t members = 0;
  std::uint64_t members_here = 0;  // on this disk
  std::uint32_t disks = 0;         // any number but 0: it is one of several
  bool zip64 = false;
  bool zip64_differs = false;  // the small record says something else than the large one
  bool zip64_missing = false;  // the small one refers to a large one that is not there
};

// The record at `offset`; nullopt when there is none.
std::optional<ZipEnd> read_zip_end(const ByteSource& source, std::uint64_t offset);

template <typename T>
T little_at(std::string_view bytes, std::size_t at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value =
        static_cast<T>(value | static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i)));
  }
  return value;
}

}  // namespace mlops::formats
