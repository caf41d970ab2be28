#include <mlops/artifacts/artifacts.hpp>

namespace mlops::artifacts {

StoredObject ArtifactStore::put_file(const std::filesystem::path& source, const Progress& progress) {
  const auto batch = begin_put({});
  StoredObject stored = batch->put_files({&source, 1}, progress).front();
  batch->finish();
  return stored;
}

StoredObject ArtifactStore::put_bytes(std::string_view bytes) {
  const auto batch = begin_put({});
  StoredObject stored = batch->put_bytes(bytes);
  batch->finish();
  return stored;
}

}  // namespace mlops::artifacts
