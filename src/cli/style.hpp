// Colour and weight for terminals; plain text everywhere else. Nothing is told by colour alone.
#pragma once

#include <string>
#include <string_view>

namespace mlops::cli {

class Style {
 public:
  explicit Style(bool enabled = false) : enabled_{enabled} {}
  [[nodiscard]] bool enabled() const { return enabled_; }

  // The sixteen colours of the terminal's own palette read well on dark and on light.
  [[nodiscard]] std::string bold(std::string_view text) const { return wrap("1", text); }
  [[nodiscard]] std::string faint(std::string_view text) const { return wrap("2", text); }
  [[nodiscard]] std::string good(std::string_view text) const { return wrap("32", text); }
  [[nodiscard]] std::string bad(std::string_view text) const { return wrap("31", text); }
  [[nodiscard]] std::string warning(std::string_view text) const { return wrap("33", text); }

 private:
  [[nodiscard]] std::string wrap(std::string_view code, std::string_view text) const {
    if (!enabled_ || text.empty()) return std::string{text};
    return std::string{"\x1b["}.append(code).append("m").append(text).append("\x1b[0m");
  }
  bool enabled_;
};

}  // namespace mlops::cli
