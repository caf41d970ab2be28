// Case folding, as far as file systems that ignore case make trouble in practice.
#pragma once

#include <string>
#include <string_view>

namespace mlops::domain {

// Lower case of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters in valid UTF-8; all else unchanged.
// Independent of the locale, so that a path is accepted everywhere or nowhere.
std::string fold_case(std::string_view text);

}  // namespace mlops::domain
