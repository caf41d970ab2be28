#include "fractal_heap.hpp"

#include <algorithm>
#include <bit>

#include <fmt/core.h>

#include "btree2.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view heap_name = "a fractal heap";
constexpr std::string_view block_name = "a block of a fractal heap";

unsigned log2_of(std::uint64_t value) { return static_cast<unsigned>(std::bit_width(value)) - 1; }

// Bytes of an offset with this many bits.
std::uint64_t bytes_of_bits(unsigned bits) { return (bits + 7) / 8; }

}  // namespace

FractalHeap::FractalHeap(const File& file, std::uint64_t address) : file_{file} {
  const auto [address_width, length_width] = file.widths();
  const std::uint64_t size = 26 + 3 * std::uint64_t{address_width} + 12 * std::uint64_t{length_width};
  // With filters the header is longer, and its checksum lies elsewhere.
  const std::string bytes = file.read(address, size, heap_name);
  Fields fields = file.fields(bytes, heap_name);
  fields.expect("FRHP");
  fields.expect_version(0);
  id_size_ = fields.u16();
  if (fields.u16() != 0) throw Unscannable{"a fractal heap is compressed"};
  file.verify(bytes, heap_name);
  fields.skip(1);
  largest_managed_ = fields.u32();
  fields.length();
  huge_index_ = fields.address();
  fields.length();
  fields.address();
  for (int i = 0; i < 8; ++i) fields.length();
  width_ = fields.u16();
  first_size_ = fields.length();
  largest_direct_ = fields.length();
  bits_ = fields.u16();
  fields.skip(2);
  root_ = fields.address();
  root_rows_ = fields.u16();
  if (!std::has_single_bit(unsigned{width_}) || !std::has_single_bit(first_size_) ||
      !std::has_single_bit(largest_direct_) || largest_direct_ < first_size_ || bits_ == 0 || bits_ > 64 ||
      log2_of(largest_direct_) >= bits_) {
    throw Malformed{"a fractal heap has blocks of impossible sizes"};
  }
}

std::string FractalHeap::read(std::string_view heap_id) const {
  Fields id = file_.fields(heap_id, "the identifier of a heap object");
  const std::uint8_t flags = id.byte();
  if (flags >> 6 != 0) throw Unscannable{"a heap identifier is of a version that is not known"};
  switch (flags >> 4 & 3) {
    case 0:
      return read_managed(id);
    case 1:
      return read_huge(id);
    case 2:
      return read_tiny(heap_id);
    default:
      throw Malformed{"a heap identifier is of no known kind"};
  }
}

std::string FractalHeap::read_managed(Fields& id) const {
  const std::uint64_t offset = id.number(bytes_of_bits(bits_));
  const std::uint64_t length =
      id.number(std::min<std::uint64_t>(bytes_of_bits(log2_of(largest_direct_)), bytes_for(largest_managed_)));
  const Block block = find_block(offset);
  const std::uint64_t inside = offset - block.begin;
  const std::uint64_t header = 5 + std::uint64_t{file_.widths().address} + bytes_of_bits(bits_);
  if (inside < header || length > block.size - inside) {
    throw Malformed{fmt::format("an object in {} lies outside of it", block_name)};
  }
  if (file_.read(block.address, 4, block_name) != "FHDB") {
    throw Malformed{fmt::format("{} does not begin with FHDB", block_name)};
  }
  return file_.read(block.address + inside, length, block_name);
}

std::string FractalHeap::read_huge(Fields& id) const {
  const auto [address_width, length_width] = file_.widths();
  constexpr std::string_view huge_name = "a huge object of a fractal heap";
  const bool is_direct = id_size_ > std::size_t{address_width} + length_width;
  if (is_direct) {
    const std::uint64_t address = id.address();
    return file_.read(address, id.length(), huge_name);
  }
  const std::uint64_t wanted = id.number(std::min<std::size_t>(id_size_ - 1u, length_width));
  std::optional<std::string> found;
  visit_records(file_, huge_index_, BTree2Type::huge_indirect, [&](std::string_view record) {
    Fields fields = file_.fields(record, huge_name);
    const std::uint64_t address = fields.address();
    const std::uint64_t length = fields.length();
    if (fields.number(length_width) != wanted) return true;
    found = file_.read(address, length, huge_name);
    return false;
  });
  if (!found) throw Malformed{fmt::format("{} is not in its index", huge_name)};
  return std::move(*found);
}

std::string FractalHeap::read_tiny(std::string_view heap_id) const {
  constexpr std::uint16_t longest_short_id = 18;
  const auto low = static_cast<std::uint64_t>(static_cast<unsigned char>(heap_id[0]) & 0x0f);
  Fields id = file_.fields(heap_id, "a tiny object of a fractal heap");
  id.skip(1);
  const std::uint64_t length = id_size_ > longest_short_id ? (low << 8 | id.byte()) + 1 : low + 1;
  return std::string{id.take(length)};
}

std::uint64_t FractalHeap::row_size(std::uint64_t row) const {
  const std::uint64_t doublings = row == 0 ? 0 : row - 1;
  if (doublings + log2_of(first_size_) >= 64) throw Malformed{"a fractal heap has too many rows"};
  return first_size_ << doublings;
}

std::uint64_t FractalHeap::direct_rows() const { return log2_of(largest_direct_) - log2_of(first_size_) + 2; }

std::uint64_t FractalHeap::rows_of(std::uint64_t block_size) const {
  const unsigned first_row_bits = log2_of(first_size_) + log2_of(width_);
  const unsigned bits = log2_of(block_size);
  if (bits < first_row_bits) throw Malformed{"a fractal heap has an indirect block that is too small"};
  return bits - first_row_bits + 1;
}

FractalHeap::Block FractalHeap::find_block(std::uint64_t place) const {
  constexpr int deepest = 8;
  if (root_rows_ == 0) {
    if (place >= first_size_) throw Malformed{"an object lies beyond its fractal heap"};
    return {root_, 0, first_size_};
  }
  Block block{root_, 0, 0};
  std::uint64_t rows = root_rows_;
  for (int depth = 0; depth < deepest; ++depth) {
    block = find_child(block, rows, place);
    if (block.size <= largest_direct_) return block;
    rows = rows_of(block.size);
  }
  throw Unscannable{"a fractal heap is nested too deep"};
}

FractalHeap::Block FractalHeap::find_child(const Block& parent, std::uint64_t rows, std::uint64_t place) const {
  const std::uint64_t offset_size = bytes_of_bits(bits_);
  std::uint64_t begin = parent.begin;
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::uint64_t size = row_size(row);
    if (log2_of(size) + log2_of(width_) >= 64) break;
    if (place - begin >= size * width_) {
      begin += size * width_;
      continue;
    }
    const std::uint64_t column = (place - begin) / size;
    const std::uint64_t header = 5 + file_.widths().address + offset_size;
    if (file_.read(parent.address, 4, block_name) != "FHIB") {
      throw Malformed{fmt::format("{} does not begin with FHIB", block_name)};
    }
    const std::uint64_t entry = parent.address + header + (row * width_ + column) * file_.widths().address;
    const std::string bytes = file_.read(entry, file_.widths().address, block_name);
    return {file_.fields(bytes, block_name).address(), begin + column * size, size};
  }
  throw Malformed{"an object lies beyond its fractal heap"};
}

}  // namespace mlops::formats::hdf5
