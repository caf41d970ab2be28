#include "archive/zip_compare.hpp"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "archive/zip_records.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint16_t flags_of_level = (1u << 1) | (1u << 2);  // how hard the packer tried
// Without a meaning, or with one that no reader of models knows (bit 4: other deflate, bit 5: a patch of other data).
constexpr std::uint16_t flags_unknown =
    (1u << 4) | (1u << 5) | (1u << 7) | (1u << 8) | (1u << 9) | (1u << 10) | (1u << 12) | (1u << 14) | (1u << 15);

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
}

void compare_names(const ZipHeader& local, const ZipMember& member, ZipProblems& problems) {
  if (local.name != member.name) {
    problems.add("zip.names-differ", fmt::format("{} is called {} in front of its data", quoted_name(member.name),
                                                 quoted_name(local.name)));
  }
  if (!local.unicode_name.empty() && local.unicode_name != member.name && is_ascii(member.name)) {
    problems.add("zip.names-differ",
                 fmt::format("{} is also called {}", quoted_name(member.name), quoted_name(local.unicode_name)));
  }
}

void compare_flags(const ZipHeader& local, const ZipMember& member, ZipProblems& problems) {
  // Whether sizes follow the data is seen there; and what the names are encoded in matters where it shows.
  unsigned ignored = flags_of_level | zip_flag_descriptor;
  if (is_ascii(member.name)) ignored |= zip_flag_utf8;
  const unsigned different = (unsigned{local.flags} ^ unsigned{member.flags}) & ~ignored;
  if (different != 0) {
    problems.add("zip.flags-differ", fmt::format("the flags of {} are {:#06x}, and {:#06x} in front of its data",
                                                 quoted_name(member.name), member.flags, local.flags));
  }
  const unsigned unknown = (unsigned{local.flags} | unsigned{member.flags}) & flags_unknown;
  if (unknown != 0) {
    problems.add("zip.flags",
                 fmt::format("{} has flags that readers take differently: {:#06x}", quoted_name(member.name), unknown));
  }
}

// Where sizes and checksum follow the data, the header may have zeros in their place.
bool agrees(std::uint64_t local, std::uint64_t central, bool may_be_zero) {
  return local == central || (may_be_zero && local == 0);
}

void compare_sizes(const ZipHeader& local, const ZipMember& member, ZipProblems& problems) {
  const bool later = (local.flags & zip_flag_descriptor) != 0;
  const bool missing = local.sizes_missing && !later;
  const bool unsaid = local.sizes_missing && later;
  if (missing ||
      (!unsaid && (!agrees(local.size, member.size, later) || !agrees(local.packed_size, member.packed_size, later)))) {
    problems.add("zip.sizes-differ",
                 fmt::format("{} has {} bytes, {} of them packed, and in front of its data {} and {}",
                             quoted_name(member.name), member.size, member.packed_size, local.size, local.packed_size));
  }
  if (!agrees(local.crc32, member.crc32, later)) {
    problems.add("zip.crc", fmt::format("{} has another checksum in front of its data", quoted_name(member.name)));
  }
  if (member.method == 0 && !member.encrypted && member.size != member.packed_size) {
    problems.add("zip.sizes-differ", fmt::format("{} is not packed, yet has {} bytes that are {} packed",
                                                 quoted_name(member.name), member.size, member.packed_size));
  }
}

// The size of the descriptor at the beginning of `bytes`, when it says what the directory says: with or without its
// magic number, with sizes of 4 or 8 bytes.
std::optional<std::size_t> descriptor_size(std::string_view bytes, const ZipMember& member, bool zip64_first) {
  for (const bool magic : {true, false}) {
    for (const bool zip64 : {zip64_first, !zip64_first}) {
      const std::size_t head = magic ? 4 : 0;
      const std::size_t size = head + (zip64 ? 20 : 12);
      if (bytes.size() < size || (magic && !bytes.starts_with(zip_descriptor_magic))) continue;
      const auto crc = little_at<std::uint32_t>(bytes, head);
      const std::uint64_t packed =
          zip64 ? little_at<std::uint64_t>(bytes, head + 4) : little_at<std::uint32_t>(bytes, head + 4);
      const std::uint64_t unpacked =
          zip64 ? little_at<std::uint64_t>(bytes, head + 12) : little_at<std::uint32_t>(bytes, head + 8);
      if (crc == member.crc32 && packed == member.packed_size && unpacked == member.size) return size;
    }
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t compare_headers(const ByteSource& source, ZipMember& member, ZipProblems& problems) {
  const auto local = read_local_header(source, member.header_offset);
  if (!local) {
    problems.add("zip.header-missing", fmt::format("{} is not where the central directory says, at byte {}",
                                                   quoted_name(member.name), member.header_offset));
    return member.header_offset;
  }
  member.has_header = true;
  member.data_offset = member.header_offset + local->header_size;
  member.encrypted = member.encrypted || (local->flags & zip_flags_of_encryption) != 0;
  compare_names(*local, member, problems);
  compare_flags(*local, member, problems);
  if (local->method != member.method) {
    problems.add("zip.methods-differ", fmt::format("{} is packed by method {}, and by {} in front of its data",
                                                   quoted_name(member.name), member.method, local->method));
  }
  compare_sizes(*local, member, problems);

  const std::uint64_t left = source.size() - std::min(source.size(), member.data_offset);
  if (member.packed_size > left) {
    problems.add("zip.sizes-differ", fmt::format("{} reaches beyond the end by {} bytes", quoted_name(member.name),
                                                 member.packed_size - left));
    return source.size();
  }
  const std::uint64_t data_end = member.data_offset + member.packed_size;
  if ((local->flags & zip_flag_descriptor) == 0) return data_end;
  constexpr std::size_t largest_descriptor = 24;
  const auto size = descriptor_size(read_bytes(source, data_end, largest_descriptor), member, local->zip64);
  if (!size && member.size != 0) {
    problems.add("zip.sizes-differ", fmt::format("what follows {} does not say the same of its sizes and checksum",
                                                 quoted_name(member.name)));
  }
  return data_end + size.value_or(0);
}

}  // namespace mlops::formats
