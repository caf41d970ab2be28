// How many bytes the chunks of a dataset take. Specification, III.A.1, III.A.2, III.C and VII.
#include <algorithm>

#include <fmt/core.h>

#include "btree1.hpp"
#include "btree2.hpp"
#include "layout.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view array_name = "a fixed array";

std::uint64_t chunk_bytes(const Layout& layout) {
  std::uint64_t bytes = 1;
  for (const std::uint64_t size : layout.chunk) bytes = product(bytes, size, "bytes of a chunk");
  return bytes;
}

std::uint64_t chunk_count(const Layout& layout, const Dataspace& space) {
  if (layout.chunk.size() != space.shape.size() + 1) throw Malformed{"chunks and dataset differ in their dimensions"};
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < space.shape.size(); ++i) {
    const std::uint64_t step = layout.chunk[i];
    if (step == 0) throw Malformed{"a dataset has chunks without elements"};
    count = product(count, space.shape[i] / step + (space.shape[i] % step == 0 ? 0 : 1), "chunks");
  }
  return count;
}

std::uint64_t size_in_old_tree(const File& file, const Layout& layout) {
  const std::uint64_t key_size = 8 + 8 * std::uint64_t{layout.chunk.size()};
  std::uint64_t total = 0;
  visit_children(file, layout.address, BTree1Type::chunks, key_size,
                 [&](std::string_view key, std::uint64_t) { total += file.fields(key, "the key of a chunk").u32(); });
  return total;
}

std::uint64_t size_in_tree(const File& file, const Layout& layout, bool is_filtered) {
  const std::uint64_t plain = chunk_bytes(layout);
  // HDF5 2.0 has layouts of version 5 for chunks of 4 GiB and more.
  const std::size_t width = layout.version >= 5 ? file.widths().length : std::min<std::size_t>(bytes_for(plain) + 1, 8);
  std::uint64_t total = 0;
  const auto type = is_filtered ? BTree2Type::filtered_chunks : BTree2Type::chunks;
  visit_records(file, layout.address, type, [&](std::string_view record) {
    Fields fields = file.fields(record, "the record of a chunk");
    fields.address();
    total += is_filtered ? fields.number(width) : plain;
    return true;
  });
  return total;
}

// The elements of one page, or of an array without pages.
std::uint64_t size_of_page(const File& file, std::uint64_t address, std::uint64_t count, std::uint8_t element_size) {
  const std::uint8_t address_width = file.widths().address;
  const std::string bytes = file.read(address, product(count, element_size, "bytes of an array"), array_name);
  Fields fields = file.fields(bytes, array_name);
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const bool is_there = fields.address() != undefined;
    const std::uint64_t size = fields.number(element_size - address_width - 4u);
    fields.skip(4);
    if (is_there) total += size;
  }
  return total;
}

// Of filtered chunks: the elements say their sizes.
std::uint64_t size_in_fixed_array(const File& file, const Layout& layout) {
  const auto [address_width, length_width] = file.widths();
  const std::string header =
      file.read_checked(layout.address, 8 + std::uint64_t{length_width} + address_width + 4, array_name);
  Fields fields = file.fields(header, array_name);
  fields.expect("FAHD");
  fields.expect_version(0);
  constexpr std::uint8_t filtered = 1;
  if (fields.byte() != filtered) throw Malformed{"a fixed array is not one of filtered chunks"};
  const std::uint8_t element_size = fields.byte();
  const std::uint8_t page_bits = fields.byte();
  const std::uint64_t count = fields.length();
  const std::uint64_t block = fields.address();
  if (element_size < address_width + 5u || element_size > address_width + 12u || page_bits > 63) {
    throw Malformed{"a fixed array has elements of an impossible size"};
  }
  if (block == undefined) return 0;
  std::uint64_t at = block + 6 + address_width;
  const std::uint64_t page = std::uint64_t{1} << page_bits;
  if (count <= page) return size_of_page(file, at, count, element_size);
  const std::uint64_t pages = count / page + (count % page == 0 ? 0 : 1);
  const std::string written = file.read(at, (pages + 7) / 8, array_name);
  at += written.size() + 4;
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < pages; ++i) {
    const std::uint64_t here = std::min(page, count - i * page);
    const auto bits = static_cast<unsigned char>(written[static_cast<std::size_t>(i / 8)]);
    if ((bits >> (7 - i % 8) & 1) != 0) total += size_of_page(file, at, here, element_size);
    at += here * element_size + 4;
  }
  return total;
}

}  // namespace

std::uint64_t stored_size(const File& file, const Layout& layout, const Dataspace& space, bool is_filtered) {
  enum : std::uint8_t { old_tree, single, implicit, fixed_array, extensible_array, btree };
  if (layout.type == LayoutClass::compact) return layout.size;
  if (layout.address == undefined || layout.type == LayoutClass::virtual_data) return 0;
  if (layout.type == LayoutClass::contiguous) return layout.size;
  switch (layout.index) {
    case old_tree:
      return size_in_old_tree(file, layout);
    case single:
      return layout.only_chunk.value_or(chunk_bytes(layout));
    case fixed_array:
      if (is_filtered) return size_in_fixed_array(file, layout);
      break;
    case btree:
      return size_in_tree(file, layout, is_filtered);
    default:
      break;
  }
  // What they are unpacked: an extensible array is not looked into.
  return product(chunk_count(layout, space), chunk_bytes(layout), "bytes of chunks");
}

}  // namespace mlops::formats::hdf5
