#include "file.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
constexpr std::uint64_t first_user_block = 512;
// Larger ones are allowed, but to look for them in every unknown file would cost too much.
constexpr std::uint64_t last_user_block = 64u << 20;
constexpr std::size_t longest_superblock = 128;
constexpr std::uint64_t longest_read = 64u << 20;
// All metadata of a file with a million objects is less. A read costs something even if it is short.
constexpr std::uint64_t most_work = std::uint64_t{1} << 30;
constexpr std::uint64_t work_of_a_read = 64;

bool is_possible_width(std::uint8_t width) { return width == 2 || width == 4 || width == 8; }

Widths read_widths(Fields& fields) {
  const Widths widths{fields.byte(), fields.byte()};
  if (!is_possible_width(widths.address) || !is_possible_width(widths.length)) {
    throw Unscannable{
        fmt::format("addresses of {} and lengths of {} bytes are not supported", widths.address, widths.length)};
  }
  return widths;
}

}  // namespace

std::optional<std::uint64_t> find_superblock(const ByteSource& source) {
  std::uint64_t at = 0;
  while (at <= last_user_block) {
    const std::string found = read_bytes(source, at, signature.size());
    if (found == signature) return at;
    if (found.size() < signature.size()) return std::nullopt;
    at = at == 0 ? first_user_block : 2 * at;
  }
  return std::nullopt;
}

File::File(const ByteSource& source, Checksums checksums)
    : source_{source}, size_{source.size()}, checksums_{checksums} {
  const auto at = find_superblock(source);
  if (!at) throw Malformed{"there is no HDF5 superblock"};
  read_superblock(*at);
  if (superblock_.root == undefined) throw Malformed{"there is no root group"};
}

void File::read_superblock(std::uint64_t at) {
  const std::string bytes = read_bytes(source_, at, longest_superblock);
  Fields start{bytes, {}, "the superblock"};
  start.expect(signature);
  superblock_.base = at;
  superblock_.version = start.byte();
  if (superblock_.version <= 1) {
    start.skip(4);
    superblock_.widths = read_widths(start);
    Fields fields{std::string_view{bytes}.substr(start.at()), superblock_.widths, "the superblock"};
    return read_old_superblock(fields);
  }
  if (superblock_.version > 3) {
    throw Unscannable{fmt::format("the superblock is of version {}, which is not known", superblock_.version)};
  }
  superblock_.widths = read_widths(start);
  Fields fields{std::string_view{bytes}.substr(start.at()), superblock_.widths, "the superblock"};
  read_new_superblock(fields, bytes);
}

void File::read_old_superblock(Fields& fields) {
  fields.skip(1 + 2 + 2 + 4);
  if (superblock_.version == 1) fields.skip(4);
  const std::uint64_t stored_base = fields.address();
  fields.address();
  // A user block may have been put in front later: what counts is where the superblock was found.
  superblock_.end = fields.address() - stored_base + superblock_.base;
  superblock_.driver = fields.address();
  fields.length();
  superblock_.root = fields.address();
}

void File::read_new_superblock(Fields& fields, std::string_view bytes) {
  fields.skip(1);
  const std::uint64_t stored_base = fields.address();
  superblock_.extension = fields.address();
  superblock_.end = fields.address() - stored_base + superblock_.base;
  superblock_.root = fields.address();
  const std::size_t size = signature.size() + 4 + 4 * std::size_t{superblock_.widths.address} + 4;
  fields.skip(4);
  verify(bytes.substr(0, size), fields.name());
}

std::string File::read(std::uint64_t address, std::uint64_t size, std::string_view name) const {
  if (address == undefined) throw Malformed{fmt::format("{} is nowhere in the file", name)};
  if (const std::uint64_t beyond = missing(address, size); beyond > 0) {
    throw Malformed{fmt::format("{} at byte {} reaches beyond the end by {} bytes", name, address, beyond)};
  }
  if (size > longest_read) throw Unscannable{fmt::format("{} of {} bytes is too large to look at", name, size)};
  spend(size + work_of_a_read);
  std::string bytes = read_bytes(source_, superblock_.base + address, static_cast<std::size_t>(size));
  if (bytes.size() < size) throw Malformed{fmt::format("{} at byte {} is cut off", name, address)};
  return bytes;
}

std::string File::read_checked(std::uint64_t address, std::uint64_t size, std::string_view name) const {
  std::string bytes = read(address, size, name);
  verify(bytes, name);
  bytes.resize(bytes.size() - 4);
  return bytes;
}

void File::verify(std::string_view whole, std::string_view name) const {
  if (whole.size() < 4) throw Malformed{fmt::format("{} is too short for a checksum", name)};
  if (checksums_ == Checksums::ignored) return;
  const std::string_view body = whole.substr(0, whole.size() - 4);
  if (fields(whole.substr(body.size()), name).u32() != checksum(body)) {
    throw Malformed{fmt::format("{} does not have its checksum", name)};
  }
}

std::uint64_t File::missing(std::uint64_t address, std::uint64_t size) const {
  const std::uint64_t there = size_ - superblock_.base;
  const std::uint64_t left = address < there ? there - address : 0;
  return size > left ? size - left : 0;
}

void File::spend(std::uint64_t amount) const {
  spent_ += std::min(amount, most_work + 1);
  if (is_spent()) throw Unscannable{"its structure is larger than can be looked at"};
}

bool File::is_spent() const { return spent_ > most_work; }

}  // namespace mlops::formats::hdf5
