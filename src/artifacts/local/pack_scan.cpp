#include "pack_scan.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "little_endian.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::size_t window_size = 1u << 20;

std::string kind_text(RecordKind kind) { return kind == RecordKind::chunk ? "chunk" : "recipe"; }

// Whether the bytes, from the header on, are the record.
bool is_record(const Record& record, std::span<const std::byte> stored) {
  if (is_chunk(record, stored)) return true;
  const auto bytes = decode_record(record, stored);
  return bytes && (record.kind == RecordKind::chunk || decode_recipe(as_bytes(*bytes)));
}

// Reads records one after the other, but a megabyte at a time.
class Window {
 public:
  explicit Window(const PackFile& pack) : pack_{pack} {}
  // Fewer bytes than asked for only at the end of the pack.
  std::span<const std::byte> at(std::uint64_t offset, std::size_t size) {
    if (offset < start_ || offset + size > start_ + filled_) {
      buffer_.resize(std::max(window_size, size));
      start_ = offset;
      filled_ = pack_.read_at(offset, buffer_);
    }
    const std::size_t from = offset - start_;
    return std::span<const std::byte>{buffer_}.subspan(from, std::min(size, filled_ - from));
  }

 private:
  const PackFile& pack_;
  std::vector<std::byte> buffer_;
  std::uint64_t start_ = 0;
  std::size_t filled_ = 0;
};

void scan_by_headers(const PackFile& pack, const TakeRecord& take, const Progress& progress) {
  Window window{pack};
  std::uint64_t offset = pack_header_size;
  const std::uint64_t end = std::min(pack.size(), max_pack_size);
  while (offset + record_header_size <= end) {
    const auto record = decode_record_header(window.at(offset, record_header_size), static_cast<std::uint32_t>(offset));
    if (record) {
      const std::size_t size = record_header_size + record->stored_size;
      const auto stored = window.at(offset, size);
      if (is_record(*record, stored)) {
        take(*record, stored.subspan(record_header_size));
        if (progress) progress(size);
        offset += size;
        continue;
      }
    }
    // On to whatever looks like the next header.
    const auto rest = window.at(offset + 1, window_size);
    const auto next = std::ranges::search(rest, as_bytes(record_magic));
    offset += 1 + static_cast<std::uint64_t>(next.begin() - rest.begin());
    if (rest.empty()) break;
  }
}

}  // namespace

std::vector<PackDamage> scan_pack(const PackFile& pack, const Digest& name, const TakeRecord& take,
                                  const Progress& progress) {
  auto table = pack.read_table(name);
  if (!table) {
    scan_by_headers(pack, take, progress);
    return {{"its header, table or trailer is damaged", {}}};
  }
  std::ranges::sort(*table, {}, &Record::offset);
  std::vector<PackDamage> damages;
  Window window{pack};
  for (const Record& record : *table) {
    const std::size_t size = record_header_size + record.stored_size;
    const auto stored = window.at(record.offset, size);
    if (stored.size() == size && is_record(record, stored)) {
      take(record, stored.subspan(record_header_size));
    } else {
      damages.push_back(
          {"the " + kind_text(record.kind) + " at byte " + std::to_string(record.offset) + " is damaged", {record}});
    }
    if (progress) progress(size);
  }
  return damages;
}

}  // namespace mlops::artifacts
