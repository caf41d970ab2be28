#include <mlops/support/glob.hpp>

#include <optional>
#include <string>
#include <vector>

#include <mlops/support/text.hpp>

namespace mlops {

namespace {

// How many bytes the character at the front has.
std::size_t character_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) ++size;
  return size;
}

// A set such as "[a-z_]" at the front of the pattern.
struct Set {
  std::size_t size = 0;  // of its text, with brackets
  bool contains = false;
};

// nullopt when the bracket is never closed: then it stands for itself.
std::optional<Set> read_set(std::string_view pattern, char wanted) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (const std::size_t first = at; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at != first) return Set{at + 1, found != negated};
    const bool is_range = at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']';
    if (is_range) {
      found = found || (pattern[at] <= wanted && wanted <= pattern[at + 2]);
      at += 2;
    } else {
      found = found || pattern[at] == wanted;
    }
  }
  return std::nullopt;
}

// Takes what one element of the pattern, not a star, matches from both; false when it matches nothing.
bool take_one(std::string_view& pattern, std::string_view& text) {
  if (pattern.empty() || text.empty()) return false;
  if (pattern.front() == '?') {
    pattern.remove_prefix(1);
    text.remove_prefix(character_size(text));
    return true;
  }
  if (pattern.front() == '[') {
    if (const auto set = read_set(pattern, text.front())) {
      if (!set->contains) return false;
      pattern.remove_prefix(set->size);
      text.remove_prefix(character_size(text));
      return true;
    }
  }
  if (pattern.front() != text.front()) return false;
  pattern.remove_prefix(1);
  text.remove_prefix(1);
  return true;
}

// Only the last star ever has to be tried again, one character further on.
bool part_matches(std::string_view pattern, std::string_view text) {
  struct Star {
    std::string_view pattern;
    std::string_view text;
  };
  std::optional<Star> star;
  while (!text.empty() || !pattern.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      star = Star{pattern, text};
    } else if (!take_one(pattern, text)) {
      if (!star || star->text.empty()) return false;
      star->text.remove_prefix(1);
      pattern = star->pattern;
      text = star->text;
    }
  }
  return true;
}

using Parts = std::vector<std::string>;

// The same for whole parts, of which `**` takes any number.
bool parts_match(const Parts& patterns, const Parts& parts) {
  std::size_t pattern = 0;
  std::size_t part = 0;
  std::optional<std::size_t> stars;  // after the last `**`
  std::size_t retried = 0;
  while (part < parts.size() || pattern < patterns.size()) {
    if (pattern < patterns.size() && patterns[pattern] == "**") {
      stars = ++pattern;
      retried = part;
    } else if (pattern < patterns.size() && part < parts.size() && part_matches(patterns[pattern], parts[part])) {
      ++pattern;
      ++part;
    } else if (stars && retried < parts.size()) {
      pattern = *stars;
      part = ++retried;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
  return parts_match(split(pattern, '/'), split(path, '/'));
}

bool glob_selects(std::string_view pattern, std::string_view path) {
  const Parts patterns = split(pattern, '/');
  Parts parts = split(path, '/');
  for (; !parts.empty(); parts.pop_back()) {
    if (parts_match(patterns, parts)) return true;
  }
  return false;
}

}  // namespace mlops
