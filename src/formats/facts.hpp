// Texts of a file, made fit to be shown: valid UTF-8, of a bounded length, without control characters where they name
// something.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlops::formats {

// As it is, or with \xNN for what is not UTF-8; cut behind `most` bytes, and then it ends in "…".
std::string fact_text(std::string_view text, std::size_t most = 4096);

// The name of something in a sentence: "`name`".
std::string shown(std::string_view name);

}  // namespace mlops::formats
