// All that can be told of the files of a set, in one go.
#pragma once

#include <vector>

#include <mlops/formats/code.hpp>
#include <mlops/formats/file_set.hpp>
#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

namespace mlops::formats {

struct SetLook {
  SetInspection inspection;
  SetScan scan;
  std::vector<CodeWarning> code;
};

// What `inspect`, `scan` and `read_code` answer one by one. Every file is opened, read and recognised once, on all
// cores.
SetLook look_into(const FileSet& set);
// Only what `scan` and `read_code` answer.
SetLook look_for_code(const FileSet& set);

}  // namespace mlops::formats
