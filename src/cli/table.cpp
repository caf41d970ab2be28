#include "table.hpp"

#include <algorithm>

#include <mlops/support/text.hpp>

namespace mlops::cli {

namespace {

constexpr std::size_t narrowest = 8;
constexpr std::string_view gap = "  ";

std::string toned(const Style& style, const Cell& cell, const std::string& text) {
  switch (cell.tone) {
    case Tone::plain:
      return text;
    case Tone::bold:
      return style.bold(text);
    case Tone::faint:
      return style.faint(text);
    case Tone::good:
      return style.good(text);
    case Tone::bad:
      return style.bad(text);
    case Tone::warning:
      return style.warning(text);
  }
  return text;
}

std::string padding(const std::string& text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return taken < width ? std::string(width - taken, ' ') : std::string{};
}

std::size_t total_width(const std::vector<std::size_t>& widths) {
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width == 0 ? 0 : width + gap.size();
  return total == 0 ? 0 : total - gap.size();
}

// Takes columns away from the widest of those that `may_shrink`, until the table fits or they are as narrow as can be.
void shrink_to_fit(std::vector<std::size_t>& widths, const std::vector<bool>& may_shrink, std::size_t columns) {
  while (total_width(widths) > columns) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (may_shrink[i] && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
    }
    if (widest == nullptr || *widest <= narrowest) return;
    --*widest;
  }
}

void trim_right(std::string& line) {
  while (line.ends_with(' ')) line.pop_back();
}

}  // namespace

std::string Table::text(const Style& style, std::size_t columns, std::string_view indent) const {
  std::vector<std::size_t> widths(headers_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], display_width(headers_[i]));
  }
  if (columns > indent.size()) {
    std::vector<bool> may_shrink;
    for (const std::string& header : headers_) may_shrink.push_back(std::ranges::find(soft_, header) != soft_.end());
    shrink_to_fit(widths, may_shrink, columns - indent.size());
    shrink_to_fit(widths, std::vector<bool>(widths.size(), true), columns - indent.size());
  }

  std::string out;
  const auto write_row = [&](const std::vector<Cell>& row) {
    std::string line{indent};
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths[i] == 0) continue;
      const std::string shown = truncate_to_width(row[i].text, widths[i]);
      line += toned(style, row[i], shown) + padding(shown, widths[i]);
      if (i + 1 < row.size()) line += gap;
    }
    trim_right(line);
    out += line + '\n';
  };
  std::vector<Cell> heads;
  for (const std::string& header : headers_) heads.emplace_back(header, Tone::faint);
  write_row(heads);
  for (const auto& row : rows_) write_row(row);
  return out;
}

std::string Facts::text(const Style& style, std::string_view indent) const {
  std::size_t width = 0;
  for (const auto& [label, value] : facts_) width = std::max(width, display_width(label));
  std::string out;
  for (const auto& [label, value] : facts_) {
    const std::string hanging = "\n" + std::string(indent.size() + width + gap.size(), ' ');
    std::string wrapped;
    for (const std::string& line : split(value, '\n')) wrapped += (wrapped.empty() ? "" : hanging) + line;
    out += std::string{indent} + style.faint(label) + padding(label, width) + std::string{gap} + wrapped + '\n';
  }
  return out;
}

}  // namespace mlops::cli
