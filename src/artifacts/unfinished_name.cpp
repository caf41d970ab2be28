#include "unfinished_name.hpp"

#include <mlops/support/files.hpp>

namespace mlops::artifacts {

namespace {

constexpr std::string_view mark = ".mlops-";
constexpr std::size_t content_digits = 32;
constexpr std::size_t random_bytes = 8;

}  // namespace

std::string unfinished_prefix(const Digest& content) {
  return std::string{mark} + content.hex().substr(0, content_digits);
}

std::string_view unfinished_prefix(std::string_view name) { return name.substr(0, mark.size() + content_digits); }

std::string unfinished_name(const Digest& content) { return unfinished_prefix(content) + random_hex(random_bytes); }

bool is_unfinished_name(std::string_view name) {
  return name.starts_with(mark) && name.size() == mark.size() + content_digits + 2 * random_bytes &&
         name.find_first_not_of("0123456789abcdef", mark.size()) == std::string_view::npos;
}

}  // namespace mlops::artifacts
