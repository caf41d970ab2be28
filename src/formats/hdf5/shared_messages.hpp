// The file's table of messages that several objects share (SOHM). Specification, IV.A.2.p and III.J.
#pragma once

#include <string>
#include <string_view>

#include "object_header.hpp"

namespace mlops::formats::hdf5 {

// The message with this identifier in the heap of its type.
std::string read_from_shared_table(const File& file, MessageType type, std::string_view heap_id);

}  // namespace mlops::formats::hdf5
