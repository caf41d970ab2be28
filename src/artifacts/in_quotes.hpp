// Paths in messages.
#pragma once

#include <filesystem>
#include <string>

#include <mlops/support/text.hpp>

namespace mlops::artifacts {

// The path in back-quotes, harmless to a terminal whatever it is called.
inline std::string in_quotes(const std::filesystem::path& path) { return "`" + printable(path.string()) + "`"; }

}  // namespace mlops::artifacts
