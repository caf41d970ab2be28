// How many elements something has, in which shape. Specification, IV.A.2.b.
#pragma once

#include <cstdint>
#include <vector>

#include "fields.hpp"

namespace mlops::formats::hdf5 {

struct Dataspace {
  bool is_null = false;  // no elements at all; a scalar is a shape without dimensions
  std::vector<std::uint64_t> shape;
  std::uint64_t elements = 1;  // the product
};

// Malformed when the number of elements does not fit into 64 bits.
Dataspace parse_dataspace(Fields fields);

// a × b; Malformed when that is more than 64 bits hold. `name` says what is counted.
std::uint64_t product(std::uint64_t a, std::uint64_t b, std::string_view name);

}  // namespace mlops::formats::hdf5
