#include "archive/zip_records.hpp"

#include <algorithm>
#include <limits>

namespace mlops::formats {

namespace {

constexpr std::uint32_t full32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint16_t full16 = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint16_t extra_zip64 = 0x0001;
constexpr std::uint16_t extra_unicode_name = 0x7075;
constexpr std::uint8_t made_on_unix = 3;

// The 64-bit figures of an extra field, of which only those are there that did not fit in the header.
class Zip64Figures {
 public:
  explicit Zip64Figures(std::string_view bytes) : bytes_{bytes} {}
  bool take(std::uint64_t& value) {
    if (bytes_.size() < 8) return value != full32;
    if (value != full32) return true;
    value = little_at<std::uint64_t>(bytes_, 0);
    bytes_.remove_prefix(8);
    return true;
  }

 private:
  std::string_view bytes_;
};

struct Extra {
  std::optional<std::string_view> zip64;
  std::string unicode_name;
};

Extra parse_extra(std::string_view bytes) {
  Extra extra;
  while (bytes.size() >= 4) {
    const auto id = little_at<std::uint16_t>(bytes, 0);
    const auto size = little_at<std::uint16_t>(bytes, 2);
    const std::string_view field = bytes.substr(4, size);
    if (id == extra_zip64 && !extra.zip64) extra.zip64 = field;
    // One byte of version, four of the checksum of the name it stands for.
    if (id == extra_unicode_name && field.size() > 5) extra.unicode_name = field.substr(5);
    bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 4u + size));
  }
  return extra;
}

void use_extra(ZipHeader& header, std::string_view bytes, bool central) {
  Extra extra = parse_extra(bytes);
  header.unicode_name = std::move(extra.unicode_name);
  header.zip64 = extra.zip64.has_value();
  Zip64Figures figures{extra.zip64.value_or("")};
  bool all = figures.take(header.size);
  all = figures.take(header.packed_size) && all;
  if (central) all = figures.take(header.local_offset) && all;
  header.sizes_missing = !all;
}

bool differs(std::uint64_t small, std::uint64_t full, std::uint64_t large) { return small != full && small != large; }

void use_zip64_end(const ByteSource& source, ZipEnd& end, bool wanted) {
  end.zip64_missing = wanted;
  if (end.offset < zip64_locator_size) return;
  const std::uint64_t locator_at = end.offset - zip64_locator_size;
  const std::string locator = read_bytes(source, locator_at, zip64_locator_size);
  if (!locator.starts_with(zip64_locator_magic)) return;
  // Something may stand before the archive, and then the offset is too small: the record is where it ends at the
  // locator.
  auto at = little_at<std::uint64_t>(locator, 8);
  std::string record = at < locator_at ? read_bytes(source, at, zip64_end_size) : "";
  if (!record.starts_with(zip64_end_magic) && locator_at >= zip64_end_size) {
    at = locator_at - zip64_end_size;
    record = read_bytes(source, at, zip64_end_size);
  }
  if (record.size() < zip64_end_size || !record.starts_with(zip64_end_magic)) {
    end.zip64_missing = true;
    return;
  }
  ZipEnd large = end;
  large.zip64 = true;
  large.zip64_missing = false;
  large.directory_end = at;
  large.members_here = little_at<std::uint64_t>(record, 24);
  large.members = little_at<std::uint64_t>(record, 32);
  large.directory_size = little_at<std::uint64_t>(record, 40);
  large.directory_offset = little_at<std::uint64_t>(record, 48);
  large.disks = std::max(little_at<std::uint32_t>(record, 16), little_at<std::uint32_t>(record, 20));
  large.zip64_differs = differs(end.members, full16, large.members) ||
                        differs(end.directory_size, full32, large.directory_size) ||
                        differs(end.directory_offset, full32, large.directory_offset);
  end = large;
}

}  // namespace

std::optional<ZipHeader> read_local_header(const ByteSource& source, std::uint64_t offset) {
  // Most names and extra fields fit in the first read.
  constexpr std::size_t usual_size = 512;
  std::string bytes = read_bytes(source, offset, usual_size);
  if (bytes.size() < zip_local_size || !bytes.starts_with(zip_local_magic)) return std::nullopt;
  const std::size_t name_size = little_at<std::uint16_t>(bytes, 26);
  const std::size_t whole = zip_local_size + name_size + little_at<std::uint16_t>(bytes, 28);
  if (whole > bytes.size()) bytes = read_bytes(source, offset, whole);
  if (whole > bytes.size()) return std::nullopt;
  ZipHeader header;
  header.flags = little_at<std::uint16_t>(bytes, 6);
  header.method = little_at<std::uint16_t>(bytes, 8);
  header.crc32 = little_at<std::uint32_t>(bytes, 14);
  header.packed_size = little_at<std::uint32_t>(bytes, 18);
  header.size = little_at<std::uint32_t>(bytes, 22);
  header.name = bytes.substr(zip_local_size, name_size);
  header.header_size = whole;
  use_extra(header, std::string_view{bytes}.substr(zip_local_size + name_size, whole - zip_local_size - name_size),
            false);
  return header;
}

std::optional<ZipHeader> parse_central_header(std::string_view bytes) {
  if (bytes.size() < zip_central_size || !bytes.starts_with(zip_central_magic)) return std::nullopt;
  const std::size_t name_size = little_at<std::uint16_t>(bytes, 28);
  const std::size_t extra_size = little_at<std::uint16_t>(bytes, 30);
  ZipHeader header;
  header.header_size = zip_central_size + name_size + extra_size + little_at<std::uint16_t>(bytes, 32);
  if (header.header_size > bytes.size()) return std::nullopt;
  header.flags = little_at<std::uint16_t>(bytes, 8);
  header.method = little_at<std::uint16_t>(bytes, 10);
  header.crc32 = little_at<std::uint32_t>(bytes, 16);
  header.packed_size = little_at<std::uint32_t>(bytes, 20);
  header.size = little_at<std::uint32_t>(bytes, 24);
  header.disk = little_at<std::uint16_t>(bytes, 34);
  if (header.disk == full16) header.disk = 0;  // it is in the extra field, and then nothing is but one disk
  if (static_cast<std::uint8_t>(bytes[5]) == made_on_unix) header.unix_mode = little_at<std::uint32_t>(bytes, 38) >> 16;
  header.local_offset = little_at<std::uint32_t>(bytes, 42);
  header.name = bytes.substr(zip_central_size, name_size);
  use_extra(header, bytes.substr(zip_central_size + name_size, extra_size), true);
  return header;
}

std::optional<ZipEnd> read_zip_end(const ByteSource& source, std::uint64_t offset) {
  const std::string bytes = read_bytes(source, offset, zip_end_size);
  if (bytes.size() < zip_end_size || !bytes.starts_with(zip_end_magic)) return std::nullopt;
  ZipEnd end;
  end.offset = offset;
  end.directory_end = offset;
  end.size = zip_end_size + little_at<std::uint16_t>(bytes, 20);
  end.disks = std::max(little_at<std::uint16_t>(bytes, 4), little_at<std::uint16_t>(bytes, 6));
  end.members_here = little_at<std::uint16_t>(bytes, 8);
  end.members = little_at<std::uint16_t>(bytes, 10);
  end.directory_size = little_at<std::uint32_t>(bytes, 12);
  end.directory_offset = little_at<std::uint32_t>(bytes, 16);
  use_zip64_end(source, end, end.directory_size == full32 || end.directory_offset == full32);
  return end;
}

}  // namespace mlops::formats
