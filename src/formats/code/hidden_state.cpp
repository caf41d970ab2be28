// Names that a notebook has only because a cell was run that stands further down, or is gone.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "code/names.hpp"
#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

constexpr std::string_view hidden_state_rule = "code.hidden-state";

using Names = std::vector<CellNames>;

bool gives(const CellNames& cell, std::string_view name) { return cell.given.contains(name); }

// The first of the cells from `begin` on that gives the name a value.
std::optional<std::size_t> giver(const Names& cells, std::size_t begin, std::string_view name) {
  const auto first = cells.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto found = std::find_if(first, cells.end(), [&](const CellNames& cell) { return gives(cell, name); });
  if (found == cells.end()) return std::nullopt;
  return static_cast<std::size_t>(found - cells.begin());
}

class Question {
 public:
  Question(const Unit& unit, Warnings& warnings) : unit_{unit}, warnings_{warnings} {
    for (const Cell& cell : unit.cells) cells_.push_back(names_of(cell));
  }

  void ask() {
    // From where names come that can't be seen, nothing can be said of those further down.
    bool anything = false;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      anything = anything || cells_[i].gives_anything;
      if (anything) return;
      for (const auto& [name, line] : cells_[i].read) ask_for(i, name, line);
      known_.insert(cells_[i].given.begin(), cells_[i].given.end());
    }
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      for (const auto& [name, line] : cells_[i].read_later) {
        if (!known_.contains(name)) report_missing(i, name, line);
      }
    }
  }

 private:
  void ask_for(std::size_t cell, const std::string& name, int line) {
    if (known_.contains(name) || gives(cells_[cell], name)) return;
    const auto later = giver(cells_, cell + 1, name);
    if (!later) return report_missing(cell, name, line);
    report(cell, name, line,
           fmt::format("reads `{}`, which only cell {} further down gives a value", name, unit_.cells[*later].number));
  }

  void report_missing(std::size_t cell, const std::string& name, int line) {
    report(cell, name, line, fmt::format("reads `{}`, which no cell gives a value", name));
  }

  void report(std::size_t cell, const std::string& name, int line, const std::string& what) {
    if (!told_.insert(name).second) return;
    warnings_.add(hidden_state_rule, unit_.cells[cell], line, what);
  }

  const Unit& unit_;
  Warnings& warnings_;
  Names cells_;
  std::set<std::string, std::less<>> known_;  // that the cells so far have given
  std::set<std::string, std::less<>> told_;
};

}  // namespace

void check_hidden_state(const Unit& unit, Warnings& warnings) {
  const bool is_all_python =
      std::ranges::all_of(unit.cells, [](const Cell& cell) { return cell.is_python || cell.text.starts_with("%%"); });
  if (unit.is_notebook && is_all_python) Question{unit, warnings}.ask();
}

}  // namespace mlops::formats::code
