// When a column holds measurements, when codes, and when names.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mlops::app {

// Numbers with so few values are codes, not measurements.
inline constexpr std::size_t most_codes = 5;

// A text with more different values than this share of its rows names its rows.
inline constexpr double most_distinct_share = 0.5;
inline constexpr std::uint64_t fewest_distinct = 50;

inline bool name_their_rows(std::uint64_t distinct, std::uint64_t rows) {
  return distinct > fewest_distinct && static_cast<double>(distinct) > most_distinct_share * static_cast<double>(rows);
}

}  // namespace mlops::app
