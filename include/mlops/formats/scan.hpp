// Whether loading a file can run code. The rules and the verdicts: docs/scan.md.
#pragma once

#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>

namespace mlops::formats {

struct FileScan {
  std::string path;
  std::uint64_t size = 0;
  domain::Scan scan;
};

struct SetScan {
  domain::Safety safety = domain::Safety::allowlisted;  // the worst of the files
  bool supported = false;                               // whether any file is of a format whose loaders we know
  std::vector<FileScan> files;                          // by path
};

// Never throws because of what is in a file: that becomes a finding. Memory and time are bounded.
SetScan scan(const FileSet& set);
domain::Scan scan_file(const ByteSource& source);

}  // namespace mlops::formats
