// Several threads that take the chunks of one file in turns.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "table/table_rows.hpp"

namespace mlops::formats {

struct CrewResult {
  std::vector<ChunkFacts> chunks;  // by their numbers
};

// Thread i parses the chunks i, i + n, i + 2n … and hands their rows to visitor i, so that what each visitor gets does
// not depend on how fast the threads are. The error of the first chunk that has one is rethrown.
CrewResult read_chunks(ChunkSource& source, std::span<const std::unique_ptr<RowParser>> parsers,
                       std::span<const RowVisitor> visitors);

}  // namespace mlops::formats
