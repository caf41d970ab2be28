// The grammar of numbers in JSON (RFC 8259, section 6).
#pragma once

#include <string_view>

namespace mlops::formats {

// Whether it may stand in a number.
bool is_number_character(char c);
// Whether all of it is one; std::from_chars takes more than that, and less.
bool is_json_number(std::string_view text);

}  // namespace mlops::formats
