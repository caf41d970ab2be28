// Tables of a FlatBuffers file, followed from field to field without a schema compiler.
// Source: "FlatBuffers internals" (flatbuffers.dev).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

// A place in the buffer where a table, a vector or a text begins. All functions throw Malformed when it does not fit
// into the source.
class FlatTable {
 public:
  // The outermost table of a buffer that is all of the source, which must outlive it.
  static FlatTable root(const ByteSource& source);

  // Fields are counted from 0, in the order of the schema. nullopt when the table does not have it.
  [[nodiscard]] std::optional<std::string> text(unsigned field, std::uint64_t most) const;
  [[nodiscard]] std::optional<FlatTable> table(unsigned field) const;
  // Of a vector of tables, the first `most`.
  [[nodiscard]] std::vector<FlatTable> tables(unsigned field, std::uint64_t most) const;
  [[nodiscard]] std::uint64_t length(unsigned field) const;  // of a vector

 private:
  FlatTable(const ByteSource& source, std::uint64_t at) : source_{&source}, at_{at} {}
  [[nodiscard]] std::optional<std::uint64_t> target(unsigned field) const;

  const ByteSource* source_;
  std::uint64_t at_;
};

}  // namespace mlops::formats
