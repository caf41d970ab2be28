// Where the data of a dataset lie and how they are packed. Specification, IV.A.2.h, .i and .l. Nothing here reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataspace.hpp"
#include "object_header.hpp"

namespace mlops::formats::hdf5 {

enum class LayoutClass : std::uint8_t { compact = 0, contiguous = 1, chunked = 2, virtual_data = 3 };

struct Layout {
  std::uint8_t version = 0;
  LayoutClass type = LayoutClass::compact;
  std::uint64_t address = undefined;        // of the data, or of the index of the chunks
  std::uint64_t size = 0;                   // of compact and contiguous data
  std::string compact;                      // the data themselves
  std::vector<std::uint64_t> chunk;         // the shape of a chunk, and at the end the size of an element
  std::uint8_t index = 0;                   // of chunks, since version 4: which kind of index
  std::optional<std::uint64_t> only_chunk;  // of one filtered chunk: its size in the file
  std::uint32_t heap_index = 0;             // of virtual data: which object of the global heap at `address`
};

// `element_size` is for old contiguous layouts, which say only their shape.
Layout parse_layout(Fields fields, std::uint64_t elements, std::uint64_t element_size);

// "gzip", "shuffle" …, in the order in which they were applied; a number for those that are not known.
std::vector<std::string> parse_filters(Fields fields);

// Bytes that the data take in the file: of chunks, what the index says they take.
std::uint64_t stored_size(const File& file, const Layout& layout, const Dataspace& space, bool is_filtered);

// Names of the other files that hold the data of a dataset, as its message on external files has them.
std::vector<std::string> parse_external_files(const File& file, Fields fields);
// The file of the first part of virtual data: "." for this one.
std::string first_virtual_source(const File& file, const Layout& layout);

}  // namespace mlops::formats::hdf5
