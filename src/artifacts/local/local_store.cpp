#include "local_store.hpp"

#include "local_batch.hpp"

namespace mlops::artifacts {

std::unique_ptr<ArtifactStore> open_local_store(const std::filesystem::path& root, const LocalOptions& options) {
  return std::make_unique<LocalStore>(root, options);
}

LocalStore::LocalStore(const std::filesystem::path& root, const LocalOptions& options)
    : layout_{root},
      options_{options},
      index_{layout_},
      packs_{layout_, index_, options.notes_damage},
      whole_{layout_} {}

std::unique_ptr<PutBatch> LocalStore::begin_put(const PutOptions& options) {
  const Lease& lease = prepare_to_write();
  return std::make_unique<LocalBatch>(layout_, index_, packs_, whole_, lease, options_, options);
}

bool LocalStore::has(const Digest& digest) {
  prepare_to_read();
  return index_.find(digest, RecordKind::chunk) || index_.find(digest, RecordKind::file) ||
         whole_.size(digest).has_value();
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
