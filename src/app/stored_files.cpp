#include "stored_files.hpp"

#include <algorithm>

namespace mlops::app {

namespace {

// Both lists are in the order of their paths, so an item of one is found by its place in the other.
template <typename File>
const File& entry_of(const std::vector<File>& files, const formats::SetFile& wanted) {
  return *std::ranges::lower_bound(files, wanted.path, {}, &File::path);
}

}  // namespace

StoredFiles::StoredFiles(artifacts::ArtifactStore& store, std::vector<domain::FileEntry> files)
    : store_{store}, files_{std::move(files)} {
  std::ranges::sort(files_, {}, &domain::FileEntry::path);
  for (const auto& file : files_) listed_.push_back({file.path, file.size});
}

std::unique_ptr<ByteSource> StoredFiles::open(const formats::SetFile& file) const {
  return artifacts::open_file(store_, entry_of(files_, file));
}

PlannedFiles::PlannedFiles(std::vector<artifacts::PlannedFile> files) : files_{std::move(files)} {
  std::ranges::sort(files_, {}, &artifacts::PlannedFile::path);
  for (const auto& file : files_) listed_.push_back({file.path, file.state.size});
}

std::unique_ptr<ByteSource> PlannedFiles::open(const formats::SetFile& file) const {
  return open_byte_source(entry_of(files_, file).source);
}

}  // namespace mlops::app
