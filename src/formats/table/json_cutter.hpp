// Cutting one line of JSON into texts, numbers and words where it stands, without building a tree.
#pragma once

#include <string_view>

#include "table/table_rows.hpp"

namespace mlops::formats {

// Thrown inside; the parser of the rows says where.
struct NotJson {
  const char* at;
  std::string_view why;
};

class JsonCutter {
 public:
  JsonCutter(char* begin, char* end) : at_{begin}, end_{end} {}

  [[nodiscard]] const char* position() const { return at_; }
  // Whether the next character that is no space is `wanted`, which is then taken.
  bool take(char wanted);
  [[nodiscard]] bool at_end();
  // A text between quotes, rewritten in its place without escapes.
  std::string_view text();
  // A value of any kind as a cell.
  Cell value();

 private:
  void skip_spaces();
  void unescape(char*& to);
  std::uint32_t hex();
  std::string_view nested();
  Cell word();
  [[noreturn]] void fail(std::string_view why) const { throw NotJson{at_, why}; }

  char* at_;
  char* end_;
};

}  // namespace mlops::formats
