// Tables that fit a terminal, and stay plain and whole in a pipe.
#pragma once

#include <string>
#include <vector>

#include "style.hpp"

namespace mlops::cli {

enum class Tone { plain, bold, faint, good, bad, warning };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  Cell(std::string content, Tone how = Tone::plain) : text{std::move(content)}, tone{how} {}
  Cell(const char* content) : text{content} {}
};

class Table {
 public:
  explicit Table(std::vector<std::string> headers) : headers_{std::move(headers)} {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  // Columns that give way first on a narrow terminal: what people can do without at a glance.
  void soft(std::vector<std::string> headers) { soft_ = std::move(headers); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // `columns`: the width to fit, 0 for no limit. Columns without any text are left out. The widest columns give way
  // first, down to 8.
  [[nodiscard]] std::string text(const Style& style, std::size_t columns, std::string_view indent = "") const;

 private:
  std::vector<std::string> headers_;
  std::vector<std::string> soft_;
  std::vector<std::vector<Cell>> rows_;
};

// "label  value" lines with the values under each other; entries without value are left out.
class Facts {
 public:
  void add(std::string label, std::string value) {
    if (!value.empty()) facts_.emplace_back(std::move(label), std::move(value));
  }
  [[nodiscard]] std::string text(const Style& style, std::string_view indent = "  ") const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace mlops::cli
