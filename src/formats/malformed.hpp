// What a reader throws when a file is not what its format demands.
#pragma once

#include <stdexcept>
#include <string>

namespace mlops::formats {

// One phrase without a final period: "the header is longer than the file". Never leaves this room: it becomes a problem
// of an Inspection, or the finding `malformed` of a Scan.
class Malformed : public std::runtime_error {
 public:
  explicit Malformed(const std::string& what) : std::runtime_error{what} {}
};

// The same for what is not broken, but can't be looked into: encrypted, or of a version we don't know.
class Unscannable : public std::runtime_error {
 public:
  explicit Unscannable(const std::string& what) : std::runtime_error{what} {}
};

}  // namespace mlops::formats
