// How the lists of harmless names are written and looked up.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "pickle/globals.hpp"

namespace mlops::formats::pickle {

enum class Use : std::uint8_t {
  any,       // also called with arguments of the file's choice
  as_class,  // made an instance of, or mentioned
};

struct AllowedNames {
  std::string_view module;  // "a.b", or "a.b.*" for it and all below it
  Use use = Use::any;
  std::string_view names;  // between spaces
};

// Whole segments of modules and whole names are compared, never parts of them.
Verdict look_up(std::span<const AllowedNames> rows, std::string_view module, std::string_view name);

Verdict allowed_sklearn(std::string_view module, std::string_view name);
Verdict allowed_torch(std::string_view module, std::string_view name);
Verdict allowed_frames(std::string_view module, std::string_view name);  // pandas

}  // namespace mlops::formats::pickle
