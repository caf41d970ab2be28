// What a dataset is: its type, its shape, and where its data are. Large data are never read.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "attribute.hpp"
#include "object_header.hpp"

namespace mlops::formats::hdf5 {

struct Dataset {
  Value value;                              // its data only if they are strings, few, and lie in one piece
  std::uint64_t bytes = 0;                  // in the file
  std::uint64_t missing = 0;                // bytes of them beyond the end of the file
  std::vector<std::string> filters;         // "gzip", "shuffle" …
  std::vector<std::string> other_files;     // that hold its data
  std::optional<std::string> virtual_file;  // that holds the first part of virtual data: "." for this file
};

// What is known of it; `error` is Malformed or Unscannable, when its data can't be found.
struct DatasetReading {
  Dataset dataset;
  std::exception_ptr error;
};

bool is_dataset(const ObjectHeader& header);
DatasetReading read_dataset(const File& file, const ObjectHeader& header);

}  // namespace mlops::formats::hdf5
