// The problems of one archive: a few of each rule, however many members have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/zip.hpp"

namespace mlops::formats {

class ZipProblems {
 public:
  void add(std::string_view rule, std::string what);
  [[nodiscard]] std::vector<ZipProblem> take() { return std::move(problems_); }

 private:
  std::vector<ZipProblem> problems_;
};

// A member's name for people: `a/b`, cut when it is long, control characters shown.
std::string quoted_name(std::string_view name);

}  // namespace mlops::formats
