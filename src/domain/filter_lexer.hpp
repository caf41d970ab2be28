// The words of `list --where`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/condition.hpp>
#include <mlops/support/error.hpp>

namespace mlops::domain {

struct FilterToken {
  enum class Kind { word, quoted, comparison, open, close, end };
  Kind kind = Kind::end;
  std::string text;  // of a quoted word: without its quotes
  Comparison comparison = Comparison::equal;
  std::size_t at = 0;  // offset of its first byte
};

// Ends with one token of kind `end`. Throws Error{usage} that names the column.
std::vector<FilterToken> lex_filter(std::string_view text);

// "can't read the filter at column 14: …"
Error filter_error(std::string_view text, std::size_t at, std::string_view why);

}  // namespace mlops::domain
