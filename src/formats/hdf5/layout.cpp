#include "layout.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "heaps.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::uint8_t most_dimensions_of_chunks = 33;
constexpr std::size_t most_external_files = 1000;

std::uint8_t read_rank(Fields& fields) {
  const std::uint8_t rank = fields.byte();
  if (rank > most_dimensions_of_chunks) throw Malformed{fmt::format("a layout has {} dimensions", rank)};
  return rank;
}

void read_chunk_shape(Fields& fields, Layout& layout, std::uint8_t rank, std::size_t width) {
  for (std::uint8_t i = 0; i < rank; ++i) layout.chunk.push_back(fields.number(width));
}

void parse_old(Fields& fields, Layout& layout, std::uint64_t bytes) {
  const std::uint8_t rank = read_rank(fields);
  layout.type = static_cast<LayoutClass>(fields.byte());
  fields.skip(5);
  if (layout.type != LayoutClass::compact) layout.address = fields.address();
  if (layout.type == LayoutClass::chunked) return read_chunk_shape(fields, layout, rank, 4);
  fields.skip(4 * std::uint64_t{rank});
  layout.size = bytes;
  if (layout.type == LayoutClass::compact) layout.compact = fields.take(fields.u32());
}

void parse_chunk_index(Fields& fields, Layout& layout) {
  constexpr std::uint8_t filtered_single = 0x02;
  enum : std::uint8_t { single = 1, implicit, fixed_array, extensible_array, btree };
  const std::uint8_t flags = fields.byte();
  const std::uint8_t rank = read_rank(fields);
  const std::uint8_t width = fields.byte();
  if (width == 0 || width > 8) throw Malformed{"a layout has chunks of an impossible size"};
  read_chunk_shape(fields, layout, rank, width);
  layout.index = fields.byte();
  switch (layout.index) {
    case single:
      if ((flags & filtered_single) != 0) {
        layout.only_chunk = fields.length();
        fields.skip(4);
      }
      break;
    case implicit:
      break;
    case fixed_array:
      fields.skip(1);
      break;
    case extensible_array:
      fields.skip(5);
      break;
    case btree:
      fields.skip(6);
      break;
    default:
      throw Unscannable{fmt::format("a layout has chunks with an index of kind {}", layout.index)};
  }
  layout.address = fields.address();
}

void parse_new(Fields& fields, Layout& layout) {
  layout.type = static_cast<LayoutClass>(fields.byte());
  switch (layout.type) {
    case LayoutClass::compact:
      layout.size = fields.u16();
      layout.compact = fields.take(layout.size);
      return;
    case LayoutClass::contiguous:
      layout.address = fields.address();
      layout.size = fields.length();
      return;
    case LayoutClass::chunked:
      if (layout.version >= 4) return parse_chunk_index(fields, layout);
      {
        const std::uint8_t rank = read_rank(fields);
        layout.address = fields.address();
        return read_chunk_shape(fields, layout, rank, 4);
      }
    case LayoutClass::virtual_data:
      layout.address = fields.address();
      layout.heap_index = fields.u32();
      return;
  }
  throw Unscannable{fmt::format("a layout is of class {}", static_cast<int>(layout.type))};
}

std::string filter_name(std::uint16_t id) {
  constexpr auto known = std::to_array<std::pair<std::uint16_t, std::string_view>>({
      {1, "gzip"},
      {2, "shuffle"},
      {3, "fletcher32"},
      {4, "szip"},
      {5, "nbit"},
      {6, "scaleoffset"},
      {32000, "lzf"},
      {32001, "blosc"},
      {32004, "lz4"},
      {32008, "bitshuffle"},
      {32013, "zfp"},
      {32015, "zstd"},
      {32026, "blosc2"},
  });
  const auto* found = std::ranges::find(known, id, &std::pair<std::uint16_t, std::string_view>::first);
  return found == known.end() ? fmt::format("filter {}", id) : std::string{found->second};
}

}  // namespace

Layout parse_layout(Fields fields, std::uint64_t elements, std::uint64_t element_size) {
  Layout layout;
  layout.version = fields.byte();
  if (layout.version == 1 || layout.version == 2) {
    parse_old(fields, layout, product(elements, element_size, "bytes"));
  } else if (layout.version >= 3 && layout.version <= 5) {
    parse_new(fields, layout);
  } else {
    throw Unscannable{fmt::format("a layout is of version {}", layout.version)};
  }
  return layout;
}

std::vector<std::string> parse_filters(Fields fields) {
  const std::uint8_t version = fields.byte();
  if (version != 1 && version != 2) throw Unscannable{fmt::format("a filter pipeline is of version {}", version)};
  const std::uint8_t count = fields.byte();
  if (version == 1) fields.skip(6);
  std::vector<std::string> names;
  for (std::uint8_t i = 0; i < count; ++i) {
    const std::uint16_t id = fields.u16();
    const bool has_name = version == 1 || id >= 256;
    const std::uint16_t name_size = has_name ? fields.u16() : std::uint16_t{0};
    fields.skip(2);
    const std::uint16_t values = fields.u16();
    fields.skip(name_size);
    fields.skip(4 * std::uint64_t{values});
    if (version == 1 && values % 2 != 0) fields.skip(4);
    names.push_back(filter_name(id));
  }
  return names;
}

std::vector<std::string> parse_external_files(const File& file, Fields fields) {
  fields.expect_version(1);
  fields.skip(3 + 2);
  const std::uint16_t used = fields.u16();
  const LocalHeap heap{file, fields.address()};
  std::vector<std::string> names;
  for (std::uint16_t i = 0; i < used && names.size() < most_external_files; ++i) {
    names.emplace_back(heap.text(fields.length()));
    fields.length();
    fields.length();
  }
  return names;
}

std::string first_virtual_source(const File& file, const Layout& layout) {
  GlobalHeap heap{file};
  const std::string mapping = heap.read(layout.address, layout.heap_index);
  Fields fields = file.fields(mapping, "the mapping of virtual data");
  fields.expect_version(0);
  if (fields.length() == 0) return ".";
  return std::string{fields.text()};
}

}  // namespace mlops::formats::hdf5
