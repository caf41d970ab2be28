// What one pass over a table can't tell: whether values are unique, and which times never come before others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mlops/formats/table.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::app {

struct SecondLook {
  std::vector<std::string> keys;   // columns whose values may all differ
  std::vector<std::string> times;  // columns of dates and times
};

struct SecondLookFindings {
  std::vector<std::string> unique;
  std::vector<std::string> rules;  // "start <= end"
};

// Looks at the first eight of each. A rule needs so many rows that have both values, and holds in all of them. Reads
// nothing when there is nothing to find.
SecondLookFindings look_again(const ByteSource& bytes, const formats::TableOptions& options, const SecondLook& wanted,
                              std::uint64_t fewest_rows);

}  // namespace mlops::app
