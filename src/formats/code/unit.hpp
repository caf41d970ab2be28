// One file of code, cut into what runs together: a notebook's cells, or a script as a single one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/formats/code.hpp>

#include "code/statements.hpp"

namespace mlops::formats::code {

struct Cell {
  int number = 0;  // as CodeWarning::cell
  std::string text;
  std::vector<std::string> outputs;             // texts that it printed or showed
  std::optional<std::int64_t> execution_count;  // when it was last run, as the kernel counts
  std::string error;                            // the kind of error it ended in; "" when it did not
  bool expects_error = false;                   // by its tag `raises-exception`
  bool is_python = true;                        // false: a cell of another language (`%%bash`)
  Tokens tokens;                                // views into `text`: a cell stays where it is
  std::vector<Statement> statements;
};

struct Unit {
  std::string path;
  bool is_notebook = false;
  std::deque<Cell> cells;
};

// A script.
Unit script(std::string_view path, std::string_view text);
// Error{usage} with the reason when it is no notebook. Source: the JSON schemas of nbformat 3 and 4.
Unit notebook(std::string_view path, std::string_view text);

// Whether a text is a notebook as far as its beginning shows.
bool looks_like_notebook(std::string_view beginning);

// Where the checks report to.
class Warnings {
 public:
  explicit Warnings(const Unit& unit) : unit_{unit} {}
  void add(std::string_view rule, const Cell& cell, int line, const std::string& what);
  std::vector<CodeWarning> take();

 private:
  const Unit& unit_;
  std::vector<CodeWarning> list_;
};

// One question each, in a file of the same name.
void check_cell_order(const Unit& unit, Warnings& warnings);
void check_hidden_state(const Unit& unit, Warnings& warnings);
void check_installs(const Unit& unit, Warnings& warnings);
void check_paths(const Unit& unit, Warnings& warnings);
void check_secrets(const Unit& unit, Warnings& warnings);
void check_seeds(const Unit& unit, Warnings& warnings);
void check_test_in_fit(const Unit& unit, Warnings& warnings);

}  // namespace mlops::formats::code
