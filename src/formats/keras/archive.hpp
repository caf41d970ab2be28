// Keras 3 archives (.keras): a zip of config.json, metadata.json, model.weights.h5 and what the layers put into
// assets/.
#pragma once

#include <mlops/domain/inspection.hpp>

#include "archive/zip.hpp"
#include "scanning.hpp"

namespace mlops::formats {

bool is_keras_archive(const ZipArchive& archive);
void inspect_keras(const ZipArchive& archive, domain::Inspection& inspection);
// The JSON members, as configurations. The archive as such, and every member as what its content says it is, are for
// the caller, as with every zip.
void scan_keras(const ZipArchive& archive, Scanning& scanning);

}  // namespace mlops::formats
