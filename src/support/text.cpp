#include <mlops/support/text.hpp>

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "utf8.hpp"

namespace mlops {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Controls, line separators, and the marks that reorder text so that it reads as something else.
bool drives_a_terminal(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x2028 ||
         code_point == 0x2029 || (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

// Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

bool is_part_end(std::string_view word, std::size_t at) {
  return at >= word.size() || word[at] == '_' || word[at] == '-' || word[at] == '.' || word[at] == ' ';
}

// Whether `part` stands in `word` as one of its parts, or several: `auc` in `roc_auc`.
bool has_part(std::string_view word, std::string_view part) {
  for (std::size_t at = word.find(part); at != std::string_view::npos; at = word.find(part, at + 1)) {
    if ((at == 0 || is_part_end(word, at - 1)) && is_part_end(word, at + part.size())) return true;
  }
  return false;
}

// The only candidate that begins with `word`, or else the longest that is a part of it.
const std::string* in_short_or_at_length(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t shortest = 2;
  if (word.size() < shortest) return nullptr;
  const auto begins = [word](const std::string& candidate) { return candidate.starts_with(word); };
  if (std::ranges::count_if(candidates, begins) == 1) return &*std::ranges::find_if(candidates, begins);
  const std::string* longest = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate.size() < shortest || !has_part(word, candidate)) continue;
    if (longest == nullptr || candidate.size() > longest->size()) longest = &candidate;
  }
  return longest;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = first_code_point(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.length == 0 || drives_a_terminal(point.value)) {
      for (const char c : text.substr(0, length)) {
        fmt::format_to(std::back_inserter(result), "\\x{:02x}", static_cast<unsigned char>(c));
      }
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return result;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string result;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    if (index > 0) result += separator;
    result += parts[index];
  }
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower_ascii(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::optional<std::string> near_miss(std::string_view word, std::span<const std::string> candidates) {
  const std::size_t limit = std::max<std::size_t>(word.size() / 3, 1);
  const std::string* nearest = nullptr;
  std::size_t nearest_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t shorter = std::min(word.size(), candidate.size());
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer - shorter > limit) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= nearest_distance) continue;
    nearest = &candidate;
    nearest_distance = distance;
  }
  if (nearest == nullptr) nearest = in_short_or_at_length(word, candidates);
  return nearest == nullptr ? std::nullopt : std::optional{*nearest};
}

}  // namespace mlops
