#include "local_batch.hpp"

#include "little_endian.hpp"
#include "put_chunks.hpp"
#include "put_work.hpp"

namespace mlops::artifacts {

std::vector<StoredObject> LocalBatch::put_files(std::span<const std::filesystem::path> sources,
                                                const Progress& progress) {
  const WholeObjects::Sharing sharing{.is_packed = [this](const Digest& digest) { return is_kept_in_packs(digest); },
                                      .is_sound = [this](const Digest& digest) { return is_kept_whole(digest); },
                                      .read_back = read_back_};
  return put_sources(writer_, whole_, lease_, sharing, sources, progress);
}

StoredObject LocalBatch::put_bytes(std::string_view bytes) { return put_memory(writer_, as_bytes(bytes)); }

bool LocalBatch::holds(const Digest& digest) {
  return packs_.lasts(digest) || (whole_.lasting_size(digest) && !index_.is_damaged_object(digest));
}

bool LocalBatch::is_kept_in_packs(const Digest& digest) { return !options_.compare && packs_.lasts(digest); }

bool LocalBatch::is_kept_whole(const Digest& digest) const {
  return !options_.compare && !index_.is_damaged_object(digest);
}

void LocalBatch::finish() {
  writer_.finish();
  whole_.settle();
}

}  // namespace mlops::artifacts
