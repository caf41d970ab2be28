// What the elements of a dataset or an attribute are. Specification, IV.A.2.d.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fields.hpp"

namespace mlops::formats::hdf5 {

enum class TypeClass : std::uint8_t {
  integer = 0,
  real = 1,
  time = 2,
  string = 3,
  bits = 4,
  opaque = 5,
  compound = 6,
  reference = 7,
  enumeration = 8,
  variable = 9,
  array = 10,
  complex = 11,
};

struct Datatype {
  TypeClass type = TypeClass::opaque;
  std::uint32_t size = 0;  // of one element where it stands
  bool is_big_endian = false;
  bool is_signed = false;
  bool is_variable_string = false;   // of `variable`
  std::uint8_t exponent_bits = 0;    // of `real`
  std::uint8_t mantissa_bits = 0;    // of `real`
  std::uint16_t bit_offset = 0;      // of `integer` and `real`: unused low bits
  std::uint16_t precision = 0;       // the same: bits that count
  std::vector<std::uint64_t> shape;  // of `array`
  std::vector<std::string> names;    // of the members of `compound`, and the values of `enumeration`
  std::vector<Datatype> parts;       // the members; or what the others are made of
};

Datatype parse_datatype(Fields& fields);

// The house's name of it: "float32", "bfloat16", "bool", "string", "struct" … An array has the name of its elements.
std::string dtype_of(const Datatype& type);
// Whether an element is a string of fixed or variable length.
bool is_text(const Datatype& type);

}  // namespace mlops::formats::hdf5
