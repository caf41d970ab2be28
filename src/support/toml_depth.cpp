#include "toml_depth.hpp"

#include <algorithm>

namespace mlops {

namespace {

// The offset after the string that begins at `at`, or after its line when it does not end.
std::size_t skip_string(std::string_view toml, std::size_t at) {
  const char quote = toml[at];
  const std::string_view delimiter = toml.substr(at, 3);
  const bool multiline = delimiter == R"(""")" || delimiter == "'''";
  const std::size_t width = multiline ? 3 : 1;
  for (at += width; at < toml.size(); ++at) {
    if (toml[at] == '\\' && quote == '"') {
      ++at;
    } else if (toml[at] == '\n' && !multiline) {
      return at;
    } else if (toml[at] == quote && (!multiline || toml.substr(at, 3) == delimiter)) {
      at += width;
      // Up to two quotes may stand directly before the three that end a string.
      for (int more = 0; multiline && more < 2 && at < toml.size() && toml[at] == quote; ++more) ++at;
      return at;
    }
  }
  return toml.size();
}

bool ends_a_key(char c) {
  constexpr std::string_view ends = "\n=,[]{}";
  return ends.find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> find_overlong_key(std::string_view toml, std::size_t max_parts) {
  std::size_t key = 0;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < toml.size();) {
    const char c = toml[at];
    if (c == '"' || c == '\'') {
      at = skip_string(toml, at);
      continue;
    }
    if (c == '#') {
      at = std::min(toml.find('\n', at), toml.size());
      continue;
    }
    if (ends_a_key(c)) {
      key = at + 1;
      dots = 0;
    }
    if (c == '.' && ++dots >= max_parts) return key;
    ++at;
  }
  return std::nullopt;
}

}  // namespace mlops
