// A set of files for tests, in memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <mlops/formats/file_set.hpp>
#include <mlops/support/error.hpp>

namespace mlops::formats {

class MemoryFiles final : public FileSet {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> contents) : contents_{std::move(contents)} {
    for (const auto& [path, bytes] : contents_) files_.push_back({path, bytes.size()});
  }
  [[nodiscard]] const std::vector<SetFile>& files() const override { return files_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const SetFile& file) const override {
    return std::make_unique<MemorySource>(contents_.at(file.path));
  }

 private:
  std::map<std::string, std::string> contents_;
  std::vector<SetFile> files_;
};

}  // namespace mlops::formats
