// Where a stream of bytes is cut into chunks: at places that its content chooses, so that what two files have in common
// gives the same chunks wherever it stands in them.
#pragma once

#include <cstddef>
#include <span>

namespace mlops::artifacts {

// Chosen by measurement, see docs/design/0006-artifacts.md. Other sizes can read what these have written; they would
// only share less with it.
constexpr std::size_t min_chunk = 8u << 10;
constexpr std::size_t target_chunk = 32u << 10;
constexpr std::size_t max_chunk = 128u << 10;

// The length of the first chunk of `bytes`, which are not empty and hold at least max_chunk bytes or reach the end of
// the stream.
std::size_t first_chunk(std::span<const std::byte> bytes);

}  // namespace mlops::artifacts
