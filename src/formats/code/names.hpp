// Which names a piece of Python gives a value, and which it reads. No more than a guess, since nothing is run; where in
// doubt, a name counts as given.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "code/unit.hpp"

namespace mlops::formats::code {

struct CellNames {
  std::set<std::string, std::less<>> given;  // anywhere in the cell, also parameters and names within comprehensions
  std::map<std::string, int, std::less<>> read;        // at once when the cell runs; the line of the first time
  std::map<std::string, int, std::less<>> read_later;  // in functions, when they are called
  bool gives_anything = false;  // names come from where they can't be seen: `import *`, `exec`, `%run`
};

CellNames names_of(const Cell& cell);

// Keywords, builtins, and what IPython brings.
bool is_known_name(std::string_view name);

}  // namespace mlops::formats::code
