// How files are called that a checkout is writing: it is how a later one knows what a killed one left behind, and what
// it was going to be.
#pragma once

#include <string>
#include <string_view>

#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

// ".mlops-", the first 32 hex digits of the content's digest, and 16 by chance.
std::string unfinished_name(const Digest& content);
bool is_unfinished_name(std::string_view name);
// What the names of all unfinished files of this content have in common.
std::string unfinished_prefix(const Digest& content);
std::string_view unfinished_prefix(std::string_view name);

}  // namespace mlops::artifacts
