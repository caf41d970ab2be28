// NumPy's arrays: one in a file (.npy), many in a zip archive (.npz) in archive/npz.hpp.
#pragma once

#include <string>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

bool is_npy(const Head& head);

// Adds the array as a tensor of this name. May throw Malformed and Unscannable.
void inspect_npy(const ByteSource& source, const std::string& name, domain::Inspection& inspection);

// A file with one array, which has no name.
void inspect_npy_file(const ByteSource& source, domain::Inspection& inspection);
// An array of Python objects is a pickle behind its header, which is looked into.
void scan_npy(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
