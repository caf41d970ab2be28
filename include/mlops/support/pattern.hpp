// Regular expressions in linear time, for what people declare about texts: a hostile pattern or text can't stall.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlops {

// Matches whole texts of UTF-8, character by character. Knows characters, `.` (any), `[a-z]`, `[^a-z]`, `\d \w \s` and
// their capitals (ASCII), `\` before any other sign, groups `( )`, alternatives `|`, and `* + ? {n} {n,} {n,m}`. `^` in
// the beginning and `$` in the end may stand there and change nothing. Takes time in proportion to the text, times
// the size of the pattern. Source: Thompson, "Regular Expression Search Algorithm" (1968).
class Pattern {
 public:
  // Error{usage} that quotes the pattern: it is not one, or would be too large.
  explicit Pattern(std::string_view pattern);

  // False for what is not UTF-8.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] const std::string& text() const { return text_; }

  using Range = std::pair<std::uint32_t, std::uint32_t>;  // both ends belong to it
  struct Step {
    enum class Kind : std::uint8_t { character, split, end };
    Kind kind = Kind::end;
    std::size_t next = 0;
    std::size_t other = 0;  // of a split
    std::vector<Range> ranges;
  };

 private:
  class Run;
  std::string text_;
  std::vector<Step> steps_;
  std::size_t start_ = 0;
};

}  // namespace mlops
