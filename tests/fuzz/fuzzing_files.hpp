// Sets of files for the fuzzers of model folders.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/formats/file_set.hpp>

namespace mlops::fuzzing {

// The input as a file of some name, beside an MLmodel when it is not one itself.
class OneFile final : public formats::FileSet {
 public:
  OneFile(std::string name, std::string_view bytes) : name_{std::move(name)}, bytes_{bytes} {
    if (name_ != "MLmodel") files_.push_back({"MLmodel", settings.size()});
    files_.push_back({name_, bytes_.size()});
    if (files_.size() == 2 && files_[1].path < files_[0].path) std::swap(files_[0], files_[1]);
  }
  [[nodiscard]] const std::vector<formats::SetFile>& files() const override { return files_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const formats::SetFile& file) const override {
    return std::make_unique<MemorySource>(file.path == name_ ? bytes_ : settings);
  }

 private:
  static constexpr std::string_view settings = "flavors: {python_function: {loader_module: mlflow.sklearn}}\n";
  std::string name_;
  std::string_view bytes_;
  std::vector<formats::SetFile> files_;
};

}  // namespace mlops::fuzzing
