#include "local_store.hpp"

#include <mlops/support/error.hpp>

#include "chunk_writer.hpp"
#include "put_session.hpp"

namespace mlops::artifacts {

std::unique_ptr<ArtifactStore> open_local_store(const std::filesystem::path& root, const LocalOptions& options) {
  return std::make_unique<LocalStore>(root, options);
}

LocalStore::LocalStore(const std::filesystem::path& root, const LocalOptions& options)
    : layout_{root}, options_{options}, index_{layout_}, packs_{layout_, index_}, whole_{layout_} {}

StoredObject LocalStore::put_file(const std::filesystem::path& source, const Progress& progress) {
  return put_files({&source, 1}, progress).front();
}

std::vector<StoredObject> LocalStore::put_files(std::span<const std::filesystem::path> sources,
                                                const Progress& progress) {
  const Lease& lease = prepare_to_write();
  ChunkWriter writer{layout_, index_, options_.compression, lease};
  auto stored = put_sources(writer, whole_, lease, sources, progress);
  writer.finish();
  whole_.settle();
  return stored;
}

StoredObject LocalStore::put_bytes(std::string_view bytes) {
  const Lease& lease = prepare_to_write();
  ChunkWriter writer{layout_, index_, options_.compression, lease};
  const StoredObject stored = put_memory(writer, bytes);
  writer.finish();
  return stored;
}

bool LocalStore::has(const Digest& digest) {
  prepare_to_read();
  return index_.find(digest, RecordKind::chunk) || index_.find(digest, RecordKind::file) ||
         whole_.size(digest).has_value();
}

bool LocalStore::holds(const Digest& digest) {
  prepare_to_write();
  if (index_.find_lasting(digest, RecordKind::chunk) || whole_.lasting_size(digest)) return true;
  if (!index_.find_lasting(digest, RecordKind::file)) return false;
  // Its recipe may stand in a pack that lasts, and chunks of it in one that is condemned.
  const auto lasts = [this](const ChunkRef& chunk) {
    return index_.find_lasting(chunk.digest, RecordKind::chunk).has_value();
  };
  try {
    const auto recipe = packs_.recipe(digest);
    bool all_last = recipe.has_value();
    const auto visit = [&](const ChunkRef& chunk) { all_last = all_last && lasts(chunk); };
    const auto load = [this](const ChunkRef& chunk) { return packs_.chunk(chunk); };
    return recipe && for_each_chunk(*recipe, load, visit, visit) && all_last;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::integrity) return false;
    throw;
  }
}

std::optional<std::uint64_t> LocalStore::size(const Digest& digest) {
  prepare_to_read();
  if (const auto place = index_.find(digest, RecordKind::chunk)) return place->record.size;
  if (const auto recipe = packs_.recipe(digest)) return recipe->size;
  return whole_.size(digest);
}

const Lease& LocalStore::prepare_to_write() {
  const std::scoped_lock lock{mutex_};
  if (!lease_) {
    lease_ = std::make_unique<const Lease>(layout_, options_.command);
    is_loaded_ = false;
  }
  if (!is_loaded_) index_.load();
  is_loaded_ = true;
  return *lease_;
}

void LocalStore::prepare_to_read() {
  const std::scoped_lock lock{mutex_};
  if (!is_loaded_) index_.load();
  is_loaded_ = true;
}

}  // namespace mlops::artifacts
