#include "pickle/globals.hpp"

#include "pickle/allowed.hpp"
#include "pickle/arrays.hpp"

namespace mlops::formats::pickle {

namespace {

bool is_of(std::string_view module, std::string_view pattern) {
  if (!pattern.ends_with(".*")) return module == pattern;
  pattern.remove_suffix(2);
  return module == pattern || (module.starts_with(pattern) && module[pattern.size()] == '.');
}

bool has_word(std::string_view words, std::string_view word) {
  if (word.empty() || word.find(' ') != std::string_view::npos) return false;
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const bool begins = at == 0 || words[at - 1] == ' ';
    const std::size_t end = at + word.size();
    if (begins && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

Verdict look_up(std::span<const AllowedNames> rows, std::string_view module, std::string_view name) {
  for (const AllowedNames& row : rows) {
    if (is_of(module, row.module) && has_word(row.names, name))
      return {domain::Safety::allowlisted, row.use == Use::as_class};
  }
  return {};
}

Verdict judge(std::string_view module, std::string_view name) {
  // A dotted name reaches through attributes to wherever they lead: it is on no list of harmless ones.
  if (name.find('.') == std::string_view::npos) {
    const Verdict verdict = allowed(older_numpy_name(module), name);
    if (verdict.safety == domain::Safety::allowlisted) return verdict;
  }
  return {is_denied(module, name) ? domain::Safety::dangerous : domain::Safety::unknown, false};
}

}  // namespace mlops::formats::pickle
