#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "code/unit.hpp"
#include "json/lenient_json.hpp"

namespace mlops::formats::code {

namespace {

constexpr std::size_t most_output = 4u << 20;  // of one cell, in bytes

[[noreturn]] void fail(std::string what) { throw Error{ErrorKind::usage, std::move(what)}; }

// Text is a string, or a list of lines.
std::string text_of(const Json* value) {
  if (value == nullptr) return "";
  if (value->is_string()) return value->as_string();
  std::string text;
  if (!value->is_array()) return text;
  for (const Json& line : value->as_array()) {
    if (line.is_string()) text += line.as_string();
  }
  return text;
}

std::string type_of(const Json& json, std::string_view key) { return text_of(json.find(key)); }

// Cell magics whose cell is Python all the same.
bool is_python_magic(std::string_view word) {
  constexpr auto words =
      std::to_array<std::string_view>({"%%time", "%%timeit", "%%capture", "%%prun", "%%memit", "%%mprun", "%%python",
                                       "%%python3", "%%debug", "%%skip", "%%notify"});
  return std::ranges::find(words, word) != words.end();
}

bool is_python(std::string_view text) {
  const std::string_view begun = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (!begun.starts_with("%%")) return true;
  return is_python_magic(begun.substr(0, begun.find_first_of(" \t\r\n")));
}

void read_outputs(const Json& outputs, Cell& cell) {
  if (!outputs.is_array()) return;
  std::size_t size = 0;
  const auto keep = [&](std::string text) {
    if (text.empty() || size > most_output) return;
    size += text.size();
    cell.outputs.push_back(std::move(text));
  };
  for (const Json& output : outputs.as_array()) {
    const std::string type = type_of(output, "output_type");
    if (type == "error" || type == "pyerr") {
      cell.error = type_of(output, "ename");
      if (cell.error.empty()) cell.error = "an error";
    }
    keep(text_of(output.find("text")));
    keep(text_of(output.find("evalue")));
    keep(text_of(output.find("traceback")));
    const Json* const data = output.find("data");
    if (data == nullptr || !data->is_object()) continue;
    for (const auto& [mime, value] : data->as_object()) {
      if (mime.starts_with("text/")) keep(text_of(&value));
    }
  }
}

bool has_tag(const Json& cell, std::string_view wanted) {
  const Json* const metadata = cell.find("metadata");
  const Json* const tags = metadata == nullptr ? nullptr : metadata->find("tags");
  if (tags == nullptr || !tags->is_array()) return false;
  return std::ranges::any_of(tags->as_array(), [&](const Json& tag) { return tag == Json{wanted}; });
}

void read_cell(const Json& json, int number, std::deque<Cell>& cells) {
  if (type_of(json, "cell_type") != "code") return;
  Cell& cell = cells.emplace_back();
  cell.number = number;
  // Before nbformat 4 these had other names.
  const bool is_old = json.find("source") == nullptr;
  cell.text = text_of(json.find(is_old ? "input" : "source"));
  const Json* const count = json.find(is_old ? "prompt_number" : "execution_count");
  if (count != nullptr && count->is_integer()) cell.execution_count = count->as_integer();
  if (const Json* outputs = json.find("outputs")) read_outputs(*outputs, cell);
  cell.expects_error = has_tag(json, "raises-exception");
  cell.is_python = is_python(cell.text);
  if (!cell.is_python) return;
  cell.tokens = tokenise(cell.text, Dialect::ipython);
  cell.statements = statements_of(cell.tokens.list);
}

// Whether the kernel is Python's; a notebook that does not say is taken for one.
bool is_for_python(const Json& root) {
  const Json* const metadata = root.find("metadata");
  if (metadata == nullptr) return true;
  for (const std::string_view key : {"language_info", "kernelspec"}) {
    const Json* const info = metadata->find(key);
    if (info == nullptr) continue;
    const std::string language = lower_ascii(type_of(*info, key == "kernelspec" ? "language" : "name"));
    if (!language.empty()) return language.find("python") != std::string::npos;
  }
  return true;
}

}  // namespace

Unit notebook(std::string_view path, std::string_view text) {
  const Json root = parse_python_json(text, "it");
  const Json* const format = root.find("nbformat");
  if (format == nullptr || !format->is_integer()) fail("it is no notebook: it has no `nbformat`");
  if (format->as_integer() < 3) fail(fmt::format("notebooks of format {} are not read", format->as_integer()));
  Unit unit{std::string{path}, true, {}};
  int number = 0;
  const auto read = [&](const Json* cells) {
    if (cells == nullptr || !cells->is_array()) fail("it is no notebook: it has no list of `cells`");
    for (const Json& cell : cells->as_array()) read_cell(cell, ++number, unit.cells);
  };
  if (const Json* sheets = root.find("worksheets"); sheets != nullptr && sheets->is_array()) {
    for (const Json& sheet : sheets->as_array()) read(sheet.find("cells"));
  } else {
    read(root.find("cells"));
  }
  if (is_for_python(root)) return unit;
  for (Cell& cell : unit.cells) {
    cell.is_python = false;
    cell.tokens = {};
    cell.statements.clear();
  }
  return unit;
}

bool looks_like_notebook(std::string_view beginning) {
  const std::size_t first = beginning.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || beginning[first] != '{') return false;
  // Of a description of such files ("properties": {"cells": {…}) the values are of other types.
  const auto has = [&](std::string_view key, std::string_view values) {
    for (std::size_t at = beginning.find(key); at != std::string_view::npos; at = beginning.find(key, at + 1)) {
      const std::size_t colon = beginning.find_first_not_of(" \t\r\n", at + key.size());
      if (colon == std::string_view::npos || beginning[colon] != ':') continue;
      const std::size_t value = beginning.find_first_not_of(" \t\r\n", colon + 1);
      if (value != std::string_view::npos && values.find(beginning[value]) != std::string_view::npos) return true;
    }
    return false;
  };
  return has("\"cells\"", "[") && (has("\"nbformat\"", "0123456789") || has("\"cell_type\"", "\""));
}

}  // namespace mlops::formats::code
