// Pickles that are kept as letters: what the program that loads the outer one may turn into bytes and load in its turn.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlops::formats::pickle {

// The bytes behind Base64 (RFC 4648, also for URLs) or hexadecimal digits that begin as a pickle of protocol 2 to 5
// does; nullopt for any other text.
std::optional<std::string> pickle_in_letters(std::string_view text);

}  // namespace mlops::formats::pickle
