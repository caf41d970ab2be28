// A zip archive of no kind in particular.
#pragma once

#include <mlops/domain/inspection.hpp>

#include "archive/zip.hpp"

namespace mlops::formats {

// Lists what is in it.
void inspect_plain_zip(const ZipArchive& archive, domain::Inspection& inspection);

}  // namespace mlops::formats
