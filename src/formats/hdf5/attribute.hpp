// The attributes of an object, and their values. Specification, IV.A.2.m and .v.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <mlops/support/json.hpp>

#include "dataspace.hpp"
#include "datatype.hpp"
#include "heaps.hpp"
#include "object_header.hpp"

namespace mlops::formats::hdf5 {

// A value with its type: of an attribute, or of a small dataset.
struct Value {
  Datatype type;
  Dataspace space;
  std::string data;  // as in the file: strings without a fixed length are elsewhere
};

struct Attribute {
  std::string name;
  Value value;
};

struct Attributes {
  std::vector<Attribute> list;  // by name
  std::exception_ptr error;     // Malformed or Unscannable: the first thing that kept one from being read
};

// Those in the header and those that are kept apart.
Attributes read_attributes(const File& file, const ObjectHeader& header);
const Attribute* find_attribute(const std::vector<Attribute>& attributes, std::string_view name);

// The strings of a value, each up to its first NUL; none when it has no strings. At most `most` of them.
std::vector<std::string> strings_of(const File& file, const Value& value, std::size_t most);
// The string of a value that has exactly one.
std::optional<std::string> text_of(const File& file, const Value& value);
// For people: a text, a number, a list of the first `most`; the name of its type where it is something else.
Json json_of(const File& file, const Value& value, std::size_t most);

}  // namespace mlops::formats::hdf5
