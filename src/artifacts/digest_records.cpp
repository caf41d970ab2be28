#include "digest_records.hpp"

#include <algorithm>

#include "local/little_endian.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::string_view magic = "mlops digests 1\n";
constexpr std::size_t header_size = magic.size() + sizeof(std::uint64_t);
constexpr std::size_t record_size = 5 * sizeof(std::uint64_t) + Digest::size + sizeof(std::uint32_t);

DigestRecord record_at(std::span<const std::byte> bytes, std::size_t offset) {
  const auto word = [&](std::size_t index) { return number_at<std::uint64_t>(bytes, offset + index * 8); };
  return {.state = {.device = word(0),
                    .inode = word(1),
                    .size = word(2),
                    .modified = static_cast<std::int64_t>(word(3)),
                    .changed = static_cast<std::int64_t>(word(4))},
          .digest = digest_at(bytes, offset + 40),
          .last_used = number_at<std::uint32_t>(bytes, offset + 40 + Digest::size)};
}

bool is_whole(std::string_view bytes) {
  if (bytes.size() < header_size + Digest::size || !bytes.starts_with(magic)) return false;
  const auto count = number_at<std::uint64_t>(as_bytes(bytes), magic.size());
  const std::size_t room = bytes.size() - header_size - Digest::size;
  if (room % record_size != 0 || room / record_size != count) return false;
  const std::size_t checked = bytes.size() - Digest::size;
  return sha256(bytes.substr(0, checked)) == digest_at(as_bytes(bytes), checked);
}

}  // namespace

std::string format_digest_records(const std::vector<DigestRecord>& records) {
  std::string bytes;
  bytes.reserve(header_size + records.size() * record_size + Digest::size);
  bytes += magic;
  append_number<std::uint64_t>(bytes, records.size());
  for (const auto& [state, digest, last_used] : records) {
    append_number(bytes, state.device);
    append_number(bytes, state.inode);
    append_number(bytes, state.size);
    append_number(bytes, static_cast<std::uint64_t>(state.modified));
    append_number(bytes, static_cast<std::uint64_t>(state.changed));
    append_digest(bytes, digest);
    append_number(bytes, last_used);
  }
  append_digest(bytes, sha256(bytes));
  return bytes;
}

std::vector<DigestRecord> parse_digest_records(std::string_view bytes) {
  if (!is_whole(bytes)) return {};
  std::vector<DigestRecord> records;
  records.reserve((bytes.size() - header_size) / record_size);
  for (std::size_t offset = header_size; offset + Digest::size < bytes.size(); offset += record_size) {
    records.push_back(record_at(as_bytes(bytes), offset));
  }
  const auto in_order = [](const DigestRecord& a, const DigestRecord& b) {
    return identity_of(a.state) < identity_of(b.state);
  };
  // Whoever can forge the checksum can forge the order too, on which the search relies.
  const auto misplaced = std::ranges::adjacent_find(
      records, [&](const DigestRecord& a, const DigestRecord& b) { return !in_order(a, b); });
  return misplaced == records.end() ? records : std::vector<DigestRecord>{};
}

}  // namespace mlops::artifacts
