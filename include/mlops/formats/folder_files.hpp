// A folder on disk, or a single file, as a set of files.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <mlops/formats/file_set.hpp>

namespace mlops::formats {

class FolderFiles final : public FileSet {
 public:
  // Lists it, without the `.git` of a clone, which no loader reads. Links that lead out of the folder are refused:
  // list_files in support/files.hpp.
  explicit FolderFiles(const std::filesystem::path& root);

  [[nodiscard]] const std::vector<SetFile>& files() const override { return files_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const SetFile& file) const override;

 private:
  std::vector<SetFile> files_;
  std::vector<std::filesystem::path> places_;  // of files_, in their order
};

}  // namespace mlops::formats
