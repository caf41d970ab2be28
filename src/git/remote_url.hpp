// Addresses of remotes, as they may be recorded.
#pragma once

#include <string>
#include <string_view>

namespace mlops::git {

// The address without user names, passwords, tokens and queries. An SSH user stays: without it the address means
// another place.
std::string without_credentials(std::string_view url);

}  // namespace mlops::git
