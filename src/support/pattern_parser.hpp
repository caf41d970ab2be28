// The tree of a pattern.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <mlops/support/pattern.hpp>

namespace mlops {

struct PatternNode {
  static constexpr std::size_t any_number = SIZE_MAX;
  enum class Kind : std::uint8_t { characters, sequence, either, repeat };
  Kind kind = Kind::sequence;
  std::vector<PatternNode> parts;
  std::vector<Pattern::Range> ranges;
  std::size_t least = 0;
  std::size_t most = any_number;
};

// Error{usage} that quotes the pattern.
PatternNode parse_pattern(std::string_view pattern);

}  // namespace mlops
