#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "keras/config.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

// The words that Python writes for numbers JSON does not have, outside of strings.
std::string without_odd_numbers(std::string_view text) {
  constexpr auto odd = std::to_array<std::string_view>({"NaN", "-Infinity", "Infinity"});
  std::string clean;
  clean.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\' && i + 1 < text.size()) {
      clean += c;
      clean += text[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (!in_string && (c == 'N' || c == 'I' || c == '-')) {
      const std::string_view rest = text.substr(i);
      const auto* word = std::ranges::find_if(odd, [&](std::string_view w) { return rest.starts_with(w); });
      if (word != odd.end()) {
        clean += "null";
        i += word->size() - 1;
        continue;
      }
    }
    clean += c;
  }
  return clean;
}

}  // namespace

Json parse_keras_json(std::string_view text) {
  if (text.size() > longest_keras_json) {
    throw Unscannable{fmt::format("a configuration of {} bytes is too long to look at", text.size())};
  }
  try {
    return parse_json(without_odd_numbers(text), "the configuration");
  } catch (const Error& error) {
    throw Malformed{error.what()};
  }
}

bool is_keras_model(const Json& value) {
  const Json* name = value.find("class_name");
  const Json* config = value.find("config");
  return name != nullptr && name->is_string() && config != nullptr && (config->is_object() || config->is_array());
}

bool looks_like_keras(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || (text[start] != '{' && text[start] != '[')) return false;
  // A letter of a key may be written as \u0063.
  return text.find("\"class_name\"") != std::string_view::npos || text.find("\\u00") != std::string_view::npos;
}

}  // namespace mlops::formats
