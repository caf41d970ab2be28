#include "json/lenient_json.hpp"

#include <algorithm>
#include <array>

#include <mlops/support/error.hpp>

namespace mlops::formats {

namespace {

constexpr auto words = std::to_array<std::string_view>({"-Infinity", "Infinity", "NaN"});

// The same text with null in the place of each of these words outside of strings.
std::string without_non_finite(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (in_string && rest.front() == '\\') {
      result += rest.substr(0, 2);
      ++i;
      continue;
    }
    if (rest.front() == '"') in_string = !in_string;
    const auto* const word = in_string ? words.end() : std::ranges::find_if(words, [&](std::string_view candidate) {
      return rest.starts_with(candidate);
    });
    if (word == words.end()) {
      result += rest.front();
    } else {
      result += "null";
      i += word->size() - 1;
    }
  }
  return result;
}

class Bounding {
 public:
  explicit Bounding(std::size_t most_bytes) : left_{most_bytes} {}

  Json of(const Json& value, std::size_t depth) {
    constexpr std::size_t deepest = 8;
    constexpr std::size_t longest_text = 2000;
    if (value.is_string()) {
      std::string text = cut_text(value.as_string(), std::min(longest_text, left_));
      take(text.size() + 2);
      return Json{std::move(text)};
    }
    take(4);
    if (!value.is_array() && !value.is_object()) return value;
    if (depth == deepest) return Json{};
    return value.is_array() ? array(value.as_array(), depth) : object(value.as_object(), depth);
  }

 private:
  Json array(const Json::Array& items, std::size_t depth) {
    Json::Array kept;
    for (const Json& item : items) {
      if (left_ == 0) break;
      kept.push_back(of(item, depth + 1));
    }
    return Json{std::move(kept)};
  }

  Json object(const Json::Object& members, std::size_t depth) {
    constexpr std::size_t longest_key = 200;
    Json::Object kept;
    for (const auto& [key, held] : members) {
      if (left_ == 0) break;
      std::string name = cut_text(key, longest_key);
      take(name.size() + 2);
      kept.emplace_back(std::move(name), of(held, depth + 1));
    }
    return Json{std::move(kept)};
  }

  void take(std::size_t bytes) { left_ -= std::min(bytes, left_); }

  std::size_t left_;
};

}  // namespace

Json parse_python_json(std::string_view text, std::string_view source) {
  try {
    return parse_json(text, source);
  } catch (const Error&) {
    if (text.find("NaN") == std::string_view::npos && text.find("Infinity") == std::string_view::npos) throw;
  }
  return parse_json(without_non_finite(text), source);
}

Json bounded(const Json& value, std::size_t most_bytes) { return Bounding{most_bytes}.of(value, 0); }

std::string cut_text(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return std::string{text};
  std::size_t end = most_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return std::string{text.substr(0, end)};
}

}  // namespace mlops::formats
