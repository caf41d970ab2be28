// Stores files: read, hashed, cut and written in one pass, with all cores at work on one huge file as on many small
// ones.
#pragma once

#include <span>
#include <vector>

#include <mlops/artifacts/artifacts.hpp>

#include "chunk_writer.hpp"
#include "whole_objects.hpp"

namespace mlops::artifacts {

// Results are in the order of `sources`. Durable once the writer is finished and the whole objects are settled.
std::vector<StoredObject> put_sources(ChunkWriter& writer, WholeObjects& whole, const Lease& lease,
                                      const WholeObjects::Sharing& sharing,
                                      std::span<const std::filesystem::path> sources, const Progress& progress);

}  // namespace mlops::artifacts
