#include <mlops/artifacts/artifacts.hpp>

#include "parallel.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

std::vector<domain::FileEntry> store_files(ArtifactStore& store, const std::vector<PlannedFile>& files,
                                           const Progress& progress) {
  std::vector<std::filesystem::path> sources;
  sources.reserve(files.size());
  for (const PlannedFile& file : files) sources.push_back(file.source);
  const std::vector<StoredObject> stored = store.put_files(sources, progress);

  std::vector<domain::FileEntry> entries;
  entries.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    entries.push_back({files[i].path, stored[i].digest, stored[i].size, files[i].executable});
  }
  return domain::normalise_files(std::move(entries));
}

std::vector<domain::FileEntry> hash_files(const std::vector<PlannedFile>& files, const Progress& progress) {
  std::vector<domain::FileEntry> entries(files.size());
  parallel_for(files.size(), progress, [&](std::size_t index, const Progress& shared) {
    const SourceFile source{files[index].source};
    entries[index] = {files[index].path, hash_source(source, shared), source.size(), files[index].executable};
  });
  return domain::normalise_files(std::move(entries));
}

}  // namespace mlops::artifacts
