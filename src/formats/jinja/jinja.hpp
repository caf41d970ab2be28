// What a Jinja template may do beside writing text. Chat templates come with a model and are rendered by whoever loads
// it; some loaders do so without a sandbox (CVE-2024-34359). Templates are never rendered here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scanning.hpp"

namespace mlops::formats {

struct JinjaDanger {
  std::string rule;        // "jinja.private"
  std::string what;        // "reaches for `__class__`"
  std::size_t offset = 0;  // in the template
};

// The first few of each template, in its order. Text outside of blocks is only text, and so is that of a literal which
// is printed or compared: what counts is which names are looked up, and tricks to put such names together.
std::vector<JinjaDanger> jinja_dangers(std::string_view text);

// The same as findings.
void report_jinja_dangers(std::string_view text, Scanning& scanning);

}  // namespace mlops::formats
