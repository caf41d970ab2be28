#include "inner_path.hpp"

#include <algorithm>

#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

}  // namespace

std::optional<std::string> why_it_escapes(std::string_view path) {
  if (path.empty()) return "is empty";
  if (std::ranges::any_of(path, is_control)) return "has control characters";
  if (path.find('\\') != std::string_view::npos) return "has a backslash, which is a separator on some systems";
  if (path.starts_with('/')) return "is absolute";
  if (path.size() > 1 && path[1] == ':' && is_letter(path[0])) return "names a drive";
  if (path.find("://") != std::string_view::npos || lower_ascii(path.substr(0, 5)) == "file:") return "is a URL";
  if (path.starts_with('~')) return "names somebody's home";
  for (const std::string& part : split(path, '/')) {
    if (part == "..") return "leaves the folder by `..`";
  }
  return std::nullopt;
}

std::string path_beside(std::string_view beside, std::string_view path) {
  const std::size_t slash = beside.rfind('/');
  std::string whole{slash == std::string_view::npos ? std::string_view{} : beside.substr(0, slash)};
  for (const std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (!whole.empty()) whole += '/';
    whole += part;
  }
  return whole;
}

}  // namespace mlops::formats
