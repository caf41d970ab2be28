#include "archive/tar.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/core.h>

#include "archive/zip_names.hpp"
#include "archive/zip_problems.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t longest_extension = 1u << 20;
// What the eleven digits of a header can say; a larger size needs another place.
constexpr std::uint64_t most_in_header = (std::uint64_t{1} << 33) - 1;

std::string_view text_field(std::string_view block, std::size_t at, std::size_t size) {
  const std::string_view field = block.substr(at, size);
  return field.substr(0, field.find('\0'));
}

// Octal digits, or after a byte 0x80 a big-endian number, as GNU tar writes large ones.
std::optional<std::uint64_t> number_field(std::string_view block, std::size_t at, std::size_t size) {
  std::string_view field = block.substr(at, size);
  const auto first = static_cast<unsigned char>(field[0]);
  std::uint64_t value = 0;
  if (first == 0x80) {
    for (const char c : field.substr(1)) {
      if (value >> 55 != 0) return std::nullopt;
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
  }
  field = field.substr(0, field.find('\0'));
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  for (const char c : field) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::uint64_t padded(std::uint64_t size) { return (size + tar_block_size - 1) / tar_block_size * tar_block_size; }

// The records of a pax header, "LENGTH KEY=VALUE\n" each. The last one of a key counts.
std::map<std::string, std::string, std::less<>> parse_pax(std::string_view bytes) {
  std::map<std::string, std::string, std::less<>> records;
  while (!bytes.empty() && bytes.front() != '\0') {
    const std::size_t space = bytes.find(' ');
    std::size_t length = 0;
    if (space == std::string_view::npos || space == 0 || space > 7) throw Malformed{"a pax header has no length"};
    for (const char c : bytes.substr(0, space)) {
      if (c < '0' || c > '9') throw Malformed{"a pax header has no length"};
      length = length * 10 + static_cast<std::size_t>(c - '0');
    }
    if (length <= space + 1 || length > bytes.size() || bytes[length - 1] != '\n') {
      throw Malformed{"a record of a pax header has a wrong length"};
    }
    const std::string_view record = bytes.substr(space + 1, length - space - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) throw Malformed{"a record of a pax header has no value"};
    records.insert_or_assign(std::string{record.substr(0, equals)}, std::string{record.substr(equals + 1)});
    bytes.remove_prefix(length);
  }
  return records;
}

std::uint64_t parse_size(std::string_view text) {
  std::uint64_t size = 0;
  constexpr std::uint64_t most = std::uint64_t{1} << 60;
  for (const char c : text) {
    if (c < '0' || c > '9' || size > most / 10) throw Malformed{"a pax header has a size that is no number"};
    size = size * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (text.empty()) throw Malformed{"a pax header has a size that is no number"};
  return size;
}

TarKind kind_of_type(char type) {
  switch (type) {
    case '1':
    case '2':
      return TarKind::link;
    case '3':
    case '4':
    case '6':
      return TarKind::special;
    case '5':
    case 'D':
      return TarKind::folder;
    case 'S':
      return TarKind::sparse;
    default:
      return TarKind::file;
  }
}

// Where a link leads, counted from the archive's root: a hard link from there, a symbolic one from its own folder.
bool leads_out(std::string_view name, std::string_view target, bool symbolic) {
  if (target.empty() || target.starts_with('/')) return true;
  std::int64_t depth = symbolic ? std::ranges::count(name, '/') : 0;
  while (!target.empty()) {
    const std::size_t slash = target.find('/');
    const std::string_view part = target.substr(0, slash);
    if (!part.empty() && part != ".") depth += part == ".." ? -1 : 1;
    if (depth < 0) return true;
    target.remove_prefix(slash == std::string_view::npos ? target.size() : slash + 1);
  }
  return false;
}

}  // namespace

bool is_tar_header(std::string_view block) {
  constexpr std::size_t checksum_at = 148;
  constexpr std::size_t checksum_size = 8;
  if (block.size() < tar_block_size || block[0] == '\0') return false;
  const auto declared = number_field(block, checksum_at, checksum_size);
  std::uint64_t sum = ' ' * checksum_size;
  std::int64_t signed_sum = ' ' * checksum_size;  // as some old writers did
  for (std::size_t i = 0; i < tar_block_size; ++i) {
    if (i >= checksum_at && i < checksum_at + checksum_size) continue;
    sum += static_cast<unsigned char>(block[i]);
    signed_sum += static_cast<signed char>(block[i]);
  }
  return declared && *declared != 0 && (*declared == sum || static_cast<std::int64_t>(*declared) == signed_sum);
}

std::optional<TarEntry> TarReader::next() {
  Overrides overrides = global_;
  for (;;) {
    const std::string block = read_bytes(source_, offset_, tar_block_size);
    if (block.empty() || block.find_first_not_of('\0') == std::string::npos) return std::nullopt;
    if (!is_tar_header(block)) throw Malformed{fmt::format("there is no header of a member at byte {}", offset_)};
    if (auto entry = read_entry(block, overrides)) return entry;
  }
}

// nullopt after a header that belongs to the next one.
std::optional<TarEntry> TarReader::read_entry(std::string_view block, Overrides& overrides) {
  const auto size = number_field(block, 124, 12);
  if (!size) throw Malformed{fmt::format("the size of the member at byte {} is no number", offset_)};
  const char type = block[156];
  TarEntry entry;
  entry.header_offset = offset_;
  offset_ += tar_block_size;
  if (type == 'x' || type == 'X' || type == 'g' || type == 'L' || type == 'K') {
    take_extension(type, *size, overrides);
    return std::nullopt;
  }
  entry.kind = kind_of_type(type);
  entry.size = overrides.size.value_or(*size);
  if (overrides.size && *overrides.size != *size && *overrides.size <= most_in_header) {
    entry.problems.push_back(
        {"tar.size",
         fmt::format("its size is {} in its header, and {} in the pax header before it", *size, *overrides.size)});
  }
  finish(entry, block, overrides);
  return entry;
}

void TarReader::take_extension(char type, std::uint64_t size, Overrides& overrides) {
  if (size > longest_extension) {
    throw Malformed{fmt::format("a header at byte {} is said to go on for {} bytes", offset_ - tar_block_size, size)};
  }
  std::string text = read_bytes(source_, offset_, static_cast<std::size_t>(size));
  if (text.size() < size) throw Malformed{"it ends in the middle of a header"};
  skip_data(size);
  if (type == 'L' || type == 'K') {
    text.resize(std::min(text.size(), text.find('\0')));
    (type == 'L' ? overrides.name : overrides.link) = std::move(text);
    return;
  }
  const auto records = parse_pax(text);
  Overrides& target = type == 'g' ? global_ : overrides;
  for (const auto& [key, value] : records) {
    if (key == "path" || key == "GNU.sparse.name") target.name = value;
    if (key == "linkpath") target.link = value;
    if (key == "size") target.size = parse_size(value);
    if (key.starts_with("GNU.sparse.")) target.sparse = true;
  }
  if (type == 'g') overrides = global_;
}

void TarReader::finish(TarEntry& entry, std::string_view block, const Overrides& overrides) {
  const char type = block[156];
  entry.name = text_field(block, 0, 100);
  // Only ustar has a prefix: GNU's format keeps times there.
  if (block.substr(257, 6) == std::string_view{"ustar\0", 6} && block[345] != '\0') {
    entry.name = fmt::format("{}/{}", text_field(block, 345, 155), entry.name);
  }
  entry.name = overrides.name.value_or(entry.name);
  if (entry.kind == TarKind::file && entry.name.ends_with('/')) entry.kind = TarKind::folder;
  if (const auto flaw = flaw_of_path(entry.name)) entry.problems.push_back({"tar.path", std::string{*flaw}});

  if (entry.kind == TarKind::link) {
    const std::string target = overrides.link.value_or(std::string{text_field(block, 157, 100)});
    entry.problems.push_back({leads_out(entry.name, target, type == '2') ? "tar.link-outside" : "tar.link",
                              fmt::format("is a link to {}", quoted_name(target))});
  }
  if (entry.kind == TarKind::special) entry.problems.push_back({"tar.device", "is a device or a pipe"});
  if (entry.kind == TarKind::sparse || overrides.sparse) {
    entry.kind = TarKind::sparse;
    entry.problems.push_back({"tar.sparse", "is stored with its holes left out"});
  }
  if (entry.kind == TarKind::sparse && type == 'S' && block[482] != '\0') {
    // The map of the holes goes on, a block at a time, each with a mark whether another one follows.
    std::string map;
    do {
      map = read_bytes(source_, offset_, tar_block_size);
      if (map.size() < tar_block_size) throw Malformed{"it ends in the middle of a header"};
      offset_ += tar_block_size;
    } while (map[504] != '\0');
  }
  entry.data_offset = offset_;
  const std::uint64_t left = source_.size() - std::min(source_.size(), offset_);
  if (entry.size > left) {
    entry.problems.push_back({"tar.size", fmt::format("reaches beyond the end by {} bytes", entry.size - left)});
    offset_ = source_.size();
    return;
  }
  const bool has_data = entry.kind == TarKind::file || entry.kind == TarKind::sparse;
  if (!has_data && entry.size != 0) {
    entry.problems.push_back({"tar.size", "has data, though it is no file"});
    // Some readers skip it and some don't: if there is a header in its place, that is what the others see.
    if (is_tar_header(read_bytes(source_, offset_, tar_block_size))) return;
  }
  skip_data(entry.size);
}

void TarReader::skip_data(std::uint64_t size) {
  offset_ += std::min(padded(size), std::numeric_limits<std::uint64_t>::max() - offset_);
}

}  // namespace mlops::formats
