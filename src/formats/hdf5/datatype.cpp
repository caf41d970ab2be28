#include "datatype.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr int deepest_type = 16;
constexpr std::uint8_t most_dimensions_of_type = 32;

Datatype parse(Fields& fields, int depth);

void parse_integer(Fields& fields, Datatype& type, std::uint32_t flags) {
  type.is_big_endian = (flags & 1) != 0;
  type.is_signed = (flags & 8) != 0;
  type.bit_offset = fields.u16();
  type.precision = fields.u16();
}

void parse_real(Fields& fields, Datatype& type, std::uint32_t flags) {
  type.is_big_endian = (flags & 1) != 0;
  type.is_signed = true;
  type.bit_offset = fields.u16();
  type.precision = fields.u16();
  fields.skip(1);
  type.exponent_bits = fields.byte();
  fields.skip(1);
  type.mantissa_bits = fields.byte();
  fields.skip(4);
}

void parse_dimensions(Fields& fields, Datatype& type, std::uint8_t rank) {
  if (rank > most_dimensions_of_type) throw Malformed{fmt::format("an array type has {} dimensions", rank)};
  for (std::uint8_t i = 0; i < rank; ++i) type.shape.push_back(fields.u32());
}

// A member of version 1 may be an array by itself.
Datatype parse_old_member(Fields& fields, int depth) {
  constexpr std::uint8_t most_old_dimensions = 4;
  const std::uint8_t rank = fields.byte();
  if (rank > most_old_dimensions) throw Malformed{fmt::format("a member of a struct has {} dimensions", rank)};
  fields.skip(3 + 4 + 4);
  Datatype array;
  array.type = TypeClass::array;
  for (std::uint8_t i = 0; i < most_old_dimensions; ++i) {
    const std::uint32_t size = fields.u32();
    if (i < rank) array.shape.push_back(size);
  }
  Datatype member = parse(fields, depth);
  if (rank == 0) return member;
  array.parts.push_back(std::move(member));
  return array;
}

void parse_compound(Fields& fields, Datatype& type, std::uint8_t version, std::uint32_t count, int depth) {
  for (std::uint32_t i = 0; i < count; ++i) {
    type.names.emplace_back(version >= 3 ? fields.text() : fields.padded_text());
    fields.skip(version >= 3 ? bytes_for(type.size) : 4);
    type.parts.push_back(version == 1 ? parse_old_member(fields, depth) : parse(fields, depth));
  }
}

void parse_enumeration(Fields& fields, Datatype& type, std::uint8_t version, std::uint32_t count, int depth) {
  type.parts.push_back(parse(fields, depth));
  for (std::uint32_t i = 0; i < count; ++i) {
    type.names.emplace_back(version >= 3 ? fields.text() : fields.padded_text());
  }
  fields.skip(std::uint64_t{count} * type.parts.front().size);
}

void parse_array(Fields& fields, Datatype& type, std::uint8_t version, int depth) {
  const std::uint8_t rank = fields.byte();
  if (version < 3) fields.skip(3);
  parse_dimensions(fields, type, rank);
  if (version < 3) fields.skip(4 * std::uint64_t{rank});
  type.parts.push_back(parse(fields, depth));
}

Datatype parse(Fields& fields, int depth) {
  if (depth > deepest_type) throw Unscannable{"a datatype is nested too deep"};
  const std::uint8_t first = fields.byte();
  const std::uint8_t version = first >> 4;
  if (version < 1 || version > 5) throw Unscannable{fmt::format("a datatype is of version {}", version)};
  const auto flags = static_cast<std::uint32_t>(fields.number(3));
  Datatype type;
  type.type = static_cast<TypeClass>(first & 0x0f);
  type.size = fields.u32();
  switch (type.type) {
    case TypeClass::integer:
    case TypeClass::bits:
      parse_integer(fields, type, flags);
      break;
    case TypeClass::real:
      parse_real(fields, type, flags);
      break;
    case TypeClass::time:
      fields.skip(2);
      break;
    case TypeClass::opaque:
      fields.skip(flags & 0xff);
      break;
    case TypeClass::compound:
      parse_compound(fields, type, version, flags & 0xffff, depth + 1);
      break;
    case TypeClass::enumeration:
      parse_enumeration(fields, type, version, flags & 0xffff, depth + 1);
      break;
    case TypeClass::variable:
      type.is_variable_string = (flags & 0x0f) == 1;
      [[fallthrough]];
    case TypeClass::complex:
      type.parts.push_back(parse(fields, depth + 1));
      break;
    case TypeClass::array:
      parse_array(fields, type, version, depth + 1);
      break;
    case TypeClass::string:
    case TypeClass::reference:
      break;
    default:
      throw Unscannable{fmt::format("a datatype is of class {}", first & 0x0f)};
  }
  return type;
}

std::string name_of_real(const Datatype& type) {
  const auto kind = std::tuple{type.size, type.exponent_bits, type.mantissa_bits};
  if (kind == std::tuple{2u, 8, 7}) return "bfloat16";
  if (kind == std::tuple{1u, 4, 3}) return "float8_e4m3fn";
  if (kind == std::tuple{1u, 5, 2}) return "float8_e5m2";
  return fmt::format("float{}", std::uint64_t{type.size} * 8);
}

std::string name_of_integer(const Datatype& type) {
  return fmt::format("{}int{}", type.is_signed ? "" : "u", std::uint64_t{type.size} * 8);
}

// As h5py writes numpy's bool and complex numbers.
bool is_bool(const Datatype& type) {
  return type.names == std::vector<std::string>{"FALSE", "TRUE"} && type.parts.front().size == 1;
}

bool is_complex(const Datatype& type) {
  const bool is_pair = type.names == std::vector<std::string>{"r", "i"};
  return is_pair && std::ranges::all_of(type.parts, [&](const Datatype& part) {
           return part.type == TypeClass::real && part.size == type.parts.front().size;
         });
}

}  // namespace

Datatype parse_datatype(Fields& fields) { return parse(fields, 0); }

std::string dtype_of(const Datatype& type) {
  switch (type.type) {
    case TypeClass::integer:
      return name_of_integer(type);
    case TypeClass::real:
      return name_of_real(type);
    case TypeClass::bits:
      return fmt::format("uint{}", std::uint64_t{type.size} * 8);
    case TypeClass::string:
      return "string";
    case TypeClass::time:
      return "time";
    case TypeClass::opaque:
      return "opaque";
    case TypeClass::compound:
      return is_complex(type) ? fmt::format("complex{}", std::uint64_t{type.size} * 8) : "struct";
    case TypeClass::reference:
      return "reference";
    case TypeClass::enumeration:
      return is_bool(type) ? "bool" : dtype_of(type.parts.front());
    case TypeClass::variable:
      return type.is_variable_string ? "string" : "vlen";
    case TypeClass::array:
      return dtype_of(type.parts.front());
    case TypeClass::complex:
      return fmt::format("complex{}", std::uint64_t{type.size} * 8);
  }
  return "";
}

bool is_text(const Datatype& type) { return type.type == TypeClass::string || type.is_variable_string; }

}  // namespace mlops::formats::hdf5
