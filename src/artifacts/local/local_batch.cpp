#include "local_batch.hpp"

#include "little_endian.hpp"
#include "put_chunks.hpp"
#include "put_work.hpp"

namespace mlops::artifacts {

std::vector<StoredObject> LocalBatch::put_files(std::span<const std::filesystem::path> sources,
                                                const Progress& progress) {
  const auto is_packed = [this](const Digest& digest) { return packs_.lasts(digest); };
  return put_sources(writer_, whole_, lease_, is_packed, sources, progress);
}

StoredObject LocalBatch::put_bytes(std::string_view bytes) { return put_memory(writer_, as_bytes(bytes)); }

bool LocalBatch::holds(const Digest& digest) { return packs_.lasts(digest) || whole_.lasting_size(digest).has_value(); }

void LocalBatch::finish() {
  writer_.finish();
  whole_.settle();
}

}  // namespace mlops::artifacts
