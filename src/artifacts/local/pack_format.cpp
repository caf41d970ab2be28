#include "pack_format.hpp"

#include <algorithm>

#include "little_endian.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::uint32_t version = 1;
constexpr std::string_view pack_magic = "MLOPSPAK";
constexpr std::string_view trailer_magic = "MLOPSEND";

bool starts_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::ranges::equal(bytes.first(magic.size()), as_bytes(magic));
}

bool is_sound(const Record& record) {
  if (record.kind != RecordKind::chunk && record.kind != RecordKind::file) return false;
  if (record.stored_size > max_record_size || record.size > max_record_size) return false;
  if (record.encoding == Encoding::raw) return record.stored_size == record.size;
  return record.encoding == Encoding::zstd;
}

}  // namespace

std::string encode_pack_header() {
  std::string bytes{pack_magic};
  append_number(bytes, version);
  append_number(bytes, std::uint32_t{0});
  return bytes;
}

bool is_pack_header(std::span<const std::byte> bytes) {
  const std::string expected = encode_pack_header();
  return bytes.size() == pack_header_size && starts_with(bytes, expected);
}

std::string encode_record_header(const Record& record) {
  std::string bytes{record_magic};
  bytes += static_cast<char>(record.kind);
  bytes += static_cast<char>(record.encoding);
  append_number(bytes, std::uint16_t{0});
  append_number(bytes, record.stored_size);
  append_number(bytes, record.size);
  append_digest(bytes, record.digest);
  return bytes;
}

std::optional<Record> decode_record_header(std::span<const std::byte> bytes, std::uint32_t offset) {
  if (bytes.size() < record_header_size || !starts_with(bytes, record_magic)) return std::nullopt;
  if (number_at<std::uint16_t>(bytes, 6) != 0) return std::nullopt;
  const Record record{.digest = digest_at(bytes, 16),
                      .offset = offset,
                      .stored_size = number_at<std::uint32_t>(bytes, 8),
                      .size = number_at<std::uint32_t>(bytes, 12),
                      .kind = static_cast<RecordKind>(bytes[4]),
                      .encoding = static_cast<Encoding>(bytes[5])};
  if (!is_sound(record)) return std::nullopt;
  return record;
}

std::string encode_trailer(const PackTrailer& trailer) {
  std::string bytes;
  append_digest(bytes, trailer.table);
  append_number(bytes, trailer.table_offset);
  append_number(bytes, trailer.records);
  append_number(bytes, version);
  append_number(bytes, std::uint32_t{0});
  bytes += trailer_magic;
  return bytes;
}

std::optional<PackTrailer> decode_trailer(std::span<const std::byte> bytes, std::uint64_t pack_size) {
  if (bytes.size() != pack_trailer_size || !starts_with(bytes.subspan(56), trailer_magic)) return std::nullopt;
  if (number_at<std::uint32_t>(bytes, 48) != version) return std::nullopt;
  const PackTrailer trailer{.table = digest_at(bytes, 0),
                            .table_offset = number_at<std::uint64_t>(bytes, 32),
                            .records = number_at<std::uint64_t>(bytes, 40)};
  if (pack_size > max_pack_size || trailer.table_offset < pack_header_size || trailer.table_offset > pack_size ||
      trailer.records > pack_size / table_entry_size ||
      trailer.table_offset + trailer.records * table_entry_size + pack_trailer_size != pack_size) {
    return std::nullopt;
  }
  return trailer;
}

void append_place(std::string& bytes, const Record& record) {
  append_number(bytes, record.offset);
  append_number(bytes, record.stored_size);
  append_number(bytes, record.size);
  bytes += static_cast<char>(record.kind);
  bytes += static_cast<char>(record.encoding);
  append_number(bytes, std::uint16_t{0});
}

std::optional<Record> decode_place(std::span<const std::byte> bytes, const Digest& digest) {
  const Record record{.digest = digest,
                      .offset = number_at<std::uint32_t>(bytes, 0),
                      .stored_size = number_at<std::uint32_t>(bytes, 4),
                      .size = number_at<std::uint32_t>(bytes, 8),
                      .kind = static_cast<RecordKind>(bytes[12]),
                      .encoding = static_cast<Encoding>(bytes[13])};
  if (!is_sound(record)) return std::nullopt;
  return record;
}

std::string encode_table(std::span<const Record> records) {
  std::string bytes;
  bytes.reserve(records.size() * table_entry_size);
  for (const Record& record : records) {
    append_digest(bytes, record.digest);
    append_place(bytes, record);
  }
  return bytes;
}

std::optional<std::vector<Record>> decode_table(std::span<const std::byte> bytes, const PackTrailer& trailer) {
  if (bytes.size() != trailer.records * table_entry_size) return std::nullopt;
  if (sha256(bytes) != trailer.table) return std::nullopt;
  std::vector<Record> records;
  records.reserve(trailer.records);
  for (std::size_t at = 0; at < bytes.size(); at += table_entry_size) {
    const auto record = decode_place(bytes.subspan(at + Digest::size), digest_at(bytes, at));
    if (!record || record->offset < pack_header_size) return std::nullopt;
    const std::uint64_t end = std::uint64_t{record->offset} + record_header_size + record->stored_size;
    if (end > trailer.table_offset) return std::nullopt;
    if (!records.empty() && !ByDigest{}(records.back(), *record)) return std::nullopt;
    records.push_back(*record);
  }
  return records;
}

}  // namespace mlops::artifacts
