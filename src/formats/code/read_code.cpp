#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "code/code_format.hpp"
#include "code/unit.hpp"
#include "set_parts.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t largest_script = 4u << 20;
constexpr std::size_t largest_notebook = 64u << 20;

constexpr auto checks = std::to_array<void (*)(const code::Unit&, code::Warnings&)>(
    {&code::check_cell_order, &code::check_hidden_state, &code::check_installs, &code::check_paths,
     &code::check_secrets, &code::check_seeds, &code::check_test_in_fit});

std::vector<CodeWarning> unreadable(std::string_view path, std::string_view what) {
  return {{.rule = "code.unreadable", .path = std::string{path}, .what = std::string{what}}};
}

std::vector<CodeWarning> check(const code::Unit& unit) {
  code::Warnings warnings{unit};
  for (const code::Cell& cell : unit.cells) {
    if (!cell.tokens.broken.empty()) warnings.add("code.unreadable", cell, cell.tokens.broken_line, cell.tokens.broken);
  }
  for (const auto& question : checks) question(unit, warnings);
  return warnings.take();
}

bool is_code(const OpenedFile& opened, std::string_view path) {
  if (path.ends_with(".py") || path.ends_with(".ipynb")) return true;
  return opened.row().name == "notebook" || opened.row().name == "python";
}

}  // namespace

std::string CodeWarning::place() const {
  std::string text = printable(path);
  if (cell > 0) text += fmt::format(", cell {}", cell);
  if (line > 0) text += fmt::format(", line {}", line);
  return text;
}

std::vector<CodeWarning> read_code_file(std::string_view path, std::string_view text) {
  const bool is_notebook = code::looks_like_notebook(text) || path.ends_with(".ipynb");
  const std::size_t most = is_notebook ? largest_notebook : largest_script;
  if (text.size() > most) return unreadable(path, fmt::format("it is larger than {}", bytes_text(most)));
  if (!is_valid_utf8(text)) return unreadable(path, "it is not text in UTF-8");
  if (!is_notebook) return check(code::script(path, text));
  try {
    return check(code::notebook(path, text));
  } catch (const Error& error) {
    return unreadable(path, error.message());
  }
}

std::vector<CodeWarning> read_code_of(const SetFile& file, const OpenedFile& opened) {
  if (!is_code(opened, file.path)) return {};
  return read_code_file(file.path, read_bytes(opened.source(), 0, largest_notebook + 1));
}

namespace code {

Unit script(std::string_view path, std::string_view text) {
  Unit unit{std::string{path}, false, {}};
  Cell& cell = unit.cells.emplace_back();
  cell.text = text;
  cell.tokens = tokenise(cell.text, Dialect::python);
  cell.statements = statements_of(cell.tokens.list);
  return unit;
}

void Warnings::add(std::string_view rule, const Cell& cell, int line, const std::string& what) {
  list_.push_back({.rule = std::string{rule},
                   .path = unit_.path,
                   .cell = cell.number,
                   .line = line,
                   .what = truncate_to_width(printable(what), 300)});
}

std::vector<CodeWarning> Warnings::take() {
  constexpr std::size_t most = 200;
  std::ranges::stable_sort(list_, {}, [](const CodeWarning& warning) { return std::pair{warning.cell, warning.line}; });
  const auto repeated = std::ranges::unique(list_);
  list_.erase(repeated.begin(), repeated.end());
  if (list_.size() > most) list_.erase(list_.begin() + most, list_.end());
  return std::move(list_);
}

}  // namespace code

}  // namespace mlops::formats
