#include "reports/card_parts.hpp"

#include <fmt/format.h>

#include "reports/escape.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t most_rows = 100;
constexpr std::size_t longest_cell = 500;

}  // namespace

std::string card_prose(std::string_view text) { return markdown_prose(shortened(text, longest_cell)); }

std::string card_literal(std::string_view text) { return markdown_code(shortened(text, longest_cell)); }

CardBullets& CardBullets::add(std::string_view label, std::string_view markdown) {
  if (!markdown.empty()) text_ += fmt::format("- **{}:** {}\n", label, markdown);
  return *this;
}

void CardTable::add(const std::vector<std::string>& cells) {
  ++rows_;
  if (rows_ <= most_rows) body_ += fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string CardTable::text() const {
  if (rows_ == 0) return "";
  std::string text = fmt::format("| {} |\n|", fmt::join(headings_, " | "));
  for (std::size_t i = 0; i < headings_.size(); ++i) text += "---|";
  text += "\n" + body_;
  if (rows_ > most_rows) text += fmt::format("\n… and {} more.\n", rows_ - most_rows);
  return text;
}

}  // namespace mlops::cli
