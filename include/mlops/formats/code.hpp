// Looking through training code and notebooks for what makes a result hard to repeat or to trust. Nothing of them is
// run. The rules: docs/code-checks.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/formats/file_set.hpp>

namespace mlops::formats {

struct CodeWarning {
  std::string rule;  // "code.secret", "code.no-seed" …
  std::string path;
  int cell = 0;      // of a notebook, from 1, all kinds of cells counted; 0 in a file of code
  int line = 0;      // from 1, in the cell or file; 0 for it as a whole
  std::string what;  // one sentence without a final period; never holds a secret
  friend bool operator==(const CodeWarning&, const CodeWarning&) = default;

  [[nodiscard]] std::string place() const;  // "train.ipynb, cell 3, line 2"
};

// Of every file that is Python or a notebook by its content, or says so by its name. By path, cell and line; of one
// file the first 200. Never throws because of what is in a file: what can't be read is `code.unreadable`.
std::vector<CodeWarning> read_code(const FileSet& set);

// The same of one file; a notebook is known by its content.
std::vector<CodeWarning> read_code_file(std::string_view path, std::string_view text);

}  // namespace mlops::formats
