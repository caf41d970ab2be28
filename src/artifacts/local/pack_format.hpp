// A pack: many chunks in one file, with a table of what is where. The format to the byte: docs/formats.md.
//
//   header | record, record, … | table | trailer
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

enum class RecordKind : std::uint8_t {
  chunk = 1,  // bytes under their SHA-256
  file = 2,   // the recipe of a file of several chunks, under the SHA-256 of the file
};

enum class Encoding : std::uint8_t { raw = 0, zstd = 1 };

// One record of a pack, as its header and the table tell it.
struct Record {
  Digest digest;
  std::uint32_t offset = 0;       // of the record's header from the start of the pack
  std::uint32_t stored_size = 0;  // of the bytes after the header
  std::uint32_t size = 0;         // of the bytes once decoded
  RecordKind kind = RecordKind::chunk;
  Encoding encoding = Encoding::raw;
  friend bool operator==(const Record&, const Record&) = default;
};

// The order of tables and indexes.
struct ByDigest {
  bool operator()(const Record& a, const Record& b) const {
    return a.digest != b.digest ? a.digest < b.digest : a.kind < b.kind;
  }
};

constexpr std::string_view record_magic = "MREC";
constexpr std::size_t pack_header_size = 16;
constexpr std::size_t record_header_size = 48;
constexpr std::size_t table_entry_size = 48;
constexpr std::size_t pack_trailer_size = 64;
// More than any record that is written; a header that says more is damaged.
constexpr std::uint32_t max_record_size = 1u << 20;
constexpr std::uint64_t max_pack_size = 1u << 30;

std::string encode_pack_header();
bool is_pack_header(std::span<const std::byte> bytes);

std::string encode_record_header(const Record& record);
// nullopt for anything that is not a record's header. `offset`: where in the pack the bytes come from.
std::optional<Record> decode_record_header(std::span<const std::byte> bytes, std::uint32_t offset);

struct PackTrailer {
  Digest table;  // SHA-256 of the table's bytes; in hex it is the name of the pack
  std::uint64_t table_offset = 0;
  std::uint64_t records = 0;
};
std::string encode_trailer(const PackTrailer& trailer);
// nullopt when it is no trailer of a pack of this size.
std::optional<PackTrailer> decode_trailer(std::span<const std::byte> bytes, std::uint64_t pack_size);

// `records` are sorted.
std::string encode_table(std::span<const Record> records);
// nullopt unless the bytes have the trailer's digest and every record lies in the pack, sorted, each once.
std::optional<std::vector<Record>> decode_table(std::span<const std::byte> bytes, const PackTrailer& trailer);

// Entries of tables and indexes without the digest: 16 bytes.
void append_place(std::string& bytes, const Record& record);
std::optional<Record> decode_place(std::span<const std::byte> bytes, const Digest& digest);

}  // namespace mlops::artifacts
