// The files of a version for those who look into them.
#pragma once

#include <vector>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/formats/file_set.hpp>

namespace mlops::app {

// In the artifact store, or where they were left when they were registered by reference. `store` must outlive it.
class StoredFiles final : public formats::FileSet {
 public:
  StoredFiles(artifacts::ArtifactStore& store, std::vector<domain::FileEntry> files);
  [[nodiscard]] const std::vector<formats::SetFile>& files() const override { return listed_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const formats::SetFile& file) const override;

 private:
  artifacts::ArtifactStore& store_;
  std::vector<domain::FileEntry> files_;
  std::vector<formats::SetFile> listed_;
};

// Files that are not stored yet.
class PlannedFiles final : public formats::FileSet {
 public:
  explicit PlannedFiles(std::vector<artifacts::PlannedFile> files);
  [[nodiscard]] const std::vector<formats::SetFile>& files() const override { return listed_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const formats::SetFile& file) const override;

 private:
  std::vector<artifacts::PlannedFile> files_;
  std::vector<formats::SetFile> listed_;
};

}  // namespace mlops::app
