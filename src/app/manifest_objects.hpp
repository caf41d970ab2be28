// The manifest of a version or dataset and its config are objects too.
#pragma once

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/domain/files.hpp>

namespace mlops::app {

inline void put_manifest(artifacts::PutBatch& batch, const domain::Manifest& manifest) {
  batch.put_bytes(manifest.config);
  batch.put_bytes(manifest.manifest);
}

}  // namespace mlops::app
