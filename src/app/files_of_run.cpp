#include "files_of_run.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>

namespace mlops::app {

std::vector<domain::FileEntry> files_of_run(const domain::Run& run) {
  std::vector<domain::FileEntry> files;
  for (const domain::RunOutput& output : run.outputs) {
    for (domain::FileEntry file : output.files) {
      if (run.outputs.size() > 1 && output.files.size() > 1) file.path = output.name + "/" + file.path;
      files.push_back(std::move(file));
    }
  }
  if (files.empty()) {
    throw Error{ErrorKind::usage,
                fmt::format("run {} recorded no outputs, so there is nothing to register", run.number),
                {fmt::format("name the files: `mlops register MODEL PATH --run {}`", run.number),
                 "or record them: `mlops run --output NAME=PATH -- COMMAND`"}};
  }
  return domain::normalise_files(std::move(files));
}

}  // namespace mlops::app
