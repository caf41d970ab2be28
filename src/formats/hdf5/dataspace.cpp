#include "dataspace.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::uint8_t most_dimensions = 32;
constexpr std::uint8_t null_type = 2;

}  // namespace

std::uint64_t product(std::uint64_t a, std::uint64_t b, std::string_view name) {
  if (b != 0 && a > undefined / b) throw Malformed{fmt::format("{} are more than can be counted", name)};
  return a * b;
}

Dataspace parse_dataspace(Fields fields) {
  const std::uint8_t version = fields.byte();
  if (version != 1 && version != 2) throw Unscannable{fmt::format("a dataspace is of version {}", version)};
  const std::uint8_t rank = fields.byte();
  if (rank > most_dimensions) throw Malformed{fmt::format("a dataspace has {} dimensions", rank)};
  fields.skip(1);
  Dataspace space;
  if (version == 1) {
    fields.skip(5);
  } else {
    space.is_null = fields.byte() == null_type;
  }
  for (std::uint8_t i = 0; i < rank; ++i) space.shape.push_back(fields.length());
  if (space.is_null || std::ranges::find(space.shape, 0u) != space.shape.end()) {
    space.elements = 0;
  } else {
    for (const std::uint64_t size : space.shape) space.elements = product(space.elements, size, "elements");
  }
  return space;
}

}  // namespace mlops::formats::hdf5
