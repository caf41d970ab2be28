// B-trees of version 2: the indexes of links, attributes, huge heap objects and chunks. Specification, III.A.2.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "file.hpp"

namespace mlops::formats::hdf5 {

enum class BTree2Type : std::uint8_t {
  huge_indirect = 1,
  link_name = 5,
  attribute_name = 8,
  chunks = 10,
  filtered_chunks = 11,
};

// All records in their order, until `visit` answers no.
void visit_records(const File& file, std::uint64_t address, BTree2Type type,
                   const std::function<bool(std::string_view record)>& visit);

}  // namespace mlops::formats::hdf5
