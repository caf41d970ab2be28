// What model files are, by their content: never by their names, and without running anything of theirs.
#pragma once

#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>

namespace mlops::formats {

struct FileInspection {
  std::string path;
  std::uint64_t size = 0;
  domain::Inspection inspection;
};

struct SetInspection {
  domain::Inspection whole;           // of the model that the files make together
  std::vector<FileInspection> files;  // each by itself, by path; tensors only in `whole`
};

// Never throws because of what is in a file: that becomes a problem of its inspection. Memory and time are bounded.
SetInspection inspect(const FileSet& set);
domain::Inspection inspect_file(const ByteSource& source);

}  // namespace mlops::formats
