// The header of a NumPy array file. Source: numpy/lib/format.py, "NPY format" in NumPy's reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mlops/support/byte_source.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats {

struct NpyHeader {
  std::string version;  // "1.0"
  std::string dtype;    // in our words: "float32", "struct", "object"
  std::uint64_t item_size = 0;
  bool has_objects = false;  // Python objects: what follows is a pickle
  bool is_big_endian = false;
  bool is_fortran_order = false;
  std::vector<std::uint64_t> shape;
  Json::Array fields;            // of a struct: {"name", "dtype"}, the first few hundred
  std::uint64_t data_begin = 0;  // in the file
};

// Throws Malformed and Unscannable.
NpyHeader read_npy_header(const ByteSource& source);

}  // namespace mlops::formats
