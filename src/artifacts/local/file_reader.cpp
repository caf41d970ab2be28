#include "file_reader.hpp"

#include "file_batches.hpp"

namespace mlops::artifacts {

void read_file(PackReader& packs, const Digest& file, const Recipe& recipe, CheckChunks check, const TakePieces& take) {
  in_batches(
      packs, file, recipe, [&](Batch& batch) { packs.load(batch.chunks, check, batch.loaded); },
      [&](const Batch& batch) { take(batch.loaded.pieces()); });
}

}  // namespace mlops::artifacts
