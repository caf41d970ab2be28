#include "archive/zip_directory.hpp"

#include <algorithm>
#include <limits>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_members = 1'000'000;
constexpr std::uint64_t most_directory_bytes = std::uint64_t{256} << 20;
constexpr std::size_t largest_header = zip_central_size + std::size_t{3} * std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t longest_tail = zip_end_size + std::numeric_limits<std::uint16_t>::max();

bool is_at(const ByteSource& source, std::uint64_t offset, std::string_view magic) {
  return read_bytes(source, offset, magic.size()) == magic;
}

// Where the directory is, and by how much the archive's offsets are wrong. Some readers trust the offset in the end
// record, others go back from there by the directory's size.
std::optional<ZipDirectory> place_directory(const ByteSource& source, const ZipEnd& end) {
  ZipDirectory directory;
  directory.end = end;
  const bool fits = end.directory_size <= end.directory_end;
  const std::uint64_t by_size = fits ? end.directory_end - end.directory_size : 0;
  if (end.members == 0 && end.directory_size == 0) {
    directory.begin = end.directory_end;
    return directory;
  }
  if (fits && is_at(source, by_size, zip_central_magic)) {
    directory.begin = by_size;
    directory.shift = by_size - end.directory_offset;
    return directory;
  }
  if (end.directory_offset < end.directory_end && is_at(source, end.directory_offset, zip_central_magic)) {
    directory.begin = end.directory_offset;
    return directory;
  }
  return std::nullopt;
}

// Of an archive with something in front of it the members may be where they say all the same.
void settle_shift(const ByteSource& source, ZipDirectory& directory) {
  if (directory.shift == 0 || directory.members.empty()) return;
  const std::uint64_t first = directory.members.front().header_offset;
  if (!is_at(source, first + directory.shift, zip_local_magic) && is_at(source, first, zip_local_magic)) {
    directory.shift = 0;
  }
  for (ZipMember& member : directory.members) member.header_offset += directory.shift;
}

ZipMember member_of(const ZipHeader& header, ZipProblems& problems) {
  ZipMember member;
  member.name = header.name;
  member.size = header.size;
  member.packed_size = header.packed_size;
  member.crc32 = header.crc32;
  member.method = header.method;
  member.flags = header.flags;
  member.encrypted = (header.flags & zip_flags_of_encryption) != 0;
  member.is_folder = header.name.ends_with('/');
  member.header_offset = header.local_offset;
  constexpr std::uint32_t kind_of_file = 0170000;
  constexpr std::uint32_t symbolic_link = 0120000;
  if ((header.unix_mode & kind_of_file) == symbolic_link) {
    problems.add("zip.link", fmt::format("{} is a symbolic link", quoted_name(member.name)));
  }
  if (header.sizes_missing) {
    problems.add("zip.sizes-differ", fmt::format("{} lacks the sizes that it refers to", quoted_name(member.name)));
  }
  if (header.disk != 0) {
    problems.add("zip.disks", fmt::format("{} is said to be on another disk", quoted_name(member.name)));
  }
  return member;
}

// Where end records may be. Looked for from the front, which the C library does many bytes at a time.
std::vector<std::size_t> ends_in(std::string_view tail) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; (at = tail.find(zip_end_magic, at)) != std::string_view::npos; ++at) places.push_back(at);
  return places;
}

// Besides the one that counts. Before the directory there may be one of an archive inside of this one.
bool has_other_end(const ByteSource& source, const ZipDirectory& directory) {
  const std::uint64_t size = source.size();
  const std::uint64_t begin = std::max(directory.begin, size - std::min<std::uint64_t>(size, longest_tail));
  return ends_in(read_bytes(source, begin, longest_tail)).size() > 1;
}

void check_end(const ByteSource& source, const ZipDirectory& directory, ZipProblems& problems) {
  const ZipEnd& end = directory.end;
  if (end.zip64_differs) problems.add("zip.end-records", "the two end records don't agree");
  if (end.zip64_missing)
    problems.add("zip.end-records", "the large end record that the small one refers to is missing");
  // 1 is what some writers put for "one disk in all".
  if (end.disks > 1) problems.add("zip.disks", "it is one of several disks");
  if (end.members_here != end.members) {
    problems.add("zip.count", fmt::format("its end record says {} members, and {}", end.members, end.members_here));
  }
  if (directory.begin != end.directory_offset && end.members != 0) {
    problems.add("zip.prefix", fmt::format("its central directory is said to be at byte {}, and is at {}",
                                           end.directory_offset, directory.begin));
    if (is_at(source, end.directory_offset, zip_central_magic)) {
      problems.add("zip.end-records", "there are two central directories");
    }
  }
  if (has_other_end(source, directory)) problems.add("zip.end-records", "there is more than one end record");
}

}  // namespace

std::optional<ZipDirectory> find_zip_directory(const ByteSource& source) {
  const std::uint64_t size = source.size();
  if (size < zip_end_size) return std::nullopt;
  const auto tail_size = static_cast<std::size_t>(std::min<std::uint64_t>(size, longest_tail));
  const std::uint64_t tail_at = size - tail_size;
  const std::vector<std::size_t> places = ends_in(read_bytes(source, tail_at, tail_size));
  // The last one is what readers take. One that leads nowhere is passed over, so that what others may find is seen.
  for (const std::size_t at : places | std::views::reverse) {
    const auto end = read_zip_end(source, tail_at + at);
    if (!end) continue;
    if (auto directory = place_directory(source, *end)) return directory;
  }
  return std::nullopt;
}

void read_zip_directory(const ByteSource& source, ZipDirectory& directory, ZipProblems& problems) {
  const ZipEnd& end = directory.end;
  if (end.directory_end - directory.begin > most_directory_bytes) {
    throw Unscannable{
        fmt::format("its central directory of {} bytes is too large", end.directory_end - directory.begin)};
  }
  std::string buffer;
  std::size_t used = 0;
  directory.stop = directory.begin;
  for (;;) {
    if (buffer.size() - used < largest_header) {
      const std::uint64_t left = end.directory_end - directory.stop;
      buffer = read_bytes(source, directory.stop, std::min<std::uint64_t>(left, 4 * largest_header));
      used = 0;
    }
    const auto header = parse_central_header(std::string_view{buffer}.substr(used));
    if (!header) break;
    if (directory.members.size() == most_members) {
      throw Unscannable{fmt::format("it has more than {} members", most_members)};
    }
    directory.members.push_back(member_of(*header, problems));
    if (!header->unicode_name.empty() && header->unicode_name != header->name &&
        std::ranges::all_of(header->name, [](char c) { return static_cast<signed char>(c) >= 0; })) {
      problems.add("zip.names-differ",
                   fmt::format("{} is also called {}", quoted_name(header->name), quoted_name(header->unicode_name)));
    }
    used += header->header_size;
    directory.stop += header->header_size;
  }
  if (directory.members.size() != end.members) {
    problems.add("zip.count", fmt::format("its end record says {} members, and there are {}", end.members,
                                          directory.members.size()));
  }
  if (directory.stop - directory.begin != end.directory_size) {
    problems.add("zip.count", fmt::format("its central directory is said to take {} bytes, and takes {}",
                                          end.directory_size, directory.stop - directory.begin));
  }
  check_end(source, directory, problems);
  settle_shift(source, directory);
}

}  // namespace mlops::formats
