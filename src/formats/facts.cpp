#include "facts.hpp"

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::formats {

std::string fact_text(std::string_view text, std::size_t most) {
  if (text.size() <= most) return is_valid_utf8(text) ? std::string{text} : printable(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  text = text.substr(0, end);
  return (is_valid_utf8(text) ? std::string{text} : printable(text)) + "…";
}

std::string shown(std::string_view name) {
  constexpr std::size_t columns = 100;
  // Cut first: making a hostile name of many megabytes printable would take longer than it is worth.
  return fmt::format("`{}`", truncate_to_width(printable(name.substr(0, 4 * columns)), columns));
}

}  // namespace mlops::formats
