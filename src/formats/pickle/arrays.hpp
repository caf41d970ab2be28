// NumPy's arrays, types and numbers, in the forms in which they are pickled. Sources: numpy/core/src/multiarray/
// (methods.c, descriptor.c) and joblib/numpy_pickle.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/support/json.hpp>

#include "pickle/value.hpp"

namespace mlops::formats::pickle {

struct Dtype {
  std::string name;  // as an Inspection names it
  char kind = 'V';   // NumPy's letter: f i u b c S U V O M m
  std::uint64_t item_size = 0;
  bool has_objects = false;
  bool is_big_endian = false;
};
std::optional<Dtype> read_dtype(const Tree& tree, const Value& value);

struct Array {
  Dtype dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t count = 1;  // of elements
  std::uint64_t bytes = 0;
  Value data;  // bytes, a list of objects, or `unknown` with the offset of bare bytes
};
// nullopt for what is no array, or one whose description is not sound.
std::optional<Array> read_array(const Tree& tree, const Value& value);

// An integer, also one of NumPy's.
std::optional<std::int64_t> read_integer(const Tree& tree, const Value& value);
// Of a shape: all its integers, none of them negative.
std::optional<std::vector<std::uint64_t>> read_shape(const Tree& tree, const Value& value);
// The product of the two; nullopt when it does not fit.
std::optional<std::uint64_t> elements_of(const std::vector<std::uint64_t>& shape);

// A plain value, short text, one of NumPy's numbers, or the name of a global; nullopt for anything else.
std::optional<Json> read_scalar(const Tree& tree, const Value& value);
// The elements, when there are at most `most`.
std::optional<Json::Array> read_elements(const Tree& tree, const Value& array, std::size_t most);

// Whether the object is what `module.name` gives when it is called, whatever NumPy calls its inner package.
bool is_made_by(const Tree& tree, const Value& object, std::string_view module, std::string_view name);
// `numpy._core.x`, as NumPy 2 has it, as `numpy.core.x`.
std::string older_numpy_name(std::string_view module);

}  // namespace mlops::formats::pickle
