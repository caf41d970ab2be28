// A file that is open to be looked into, and what it was recognised as: both once, whatever is asked of it.
#pragma once

#include <memory>
#include <string>

#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

class OpenedFile {
 public:
  explicit OpenedFile(std::unique_ptr<ByteSource> source);
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;

  // Of a small file all bytes are in memory: reading from a store unpacks and verifies each time.
  [[nodiscard]] const ByteSource& source() const { return *source_; }
  [[nodiscard]] const FormatRow& row() const { return *row_; }

 private:
  std::string bytes_;
  std::unique_ptr<ByteSource> source_;
  const FormatRow* row_;
};

}  // namespace mlops::formats
