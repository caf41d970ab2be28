// NumPy's .npz: a zip archive of .npy files.
// Source: numpy.org/doc/stable/reference/generated/numpy.savez.html
#pragma once

#include <mlops/domain/inspection.hpp>

#include "archive/zip.hpp"

namespace mlops::formats {

bool is_npz(const ZipArchive& archive);
void inspect_npz(const ZipArchive& archive, domain::Inspection& inspection);

}  // namespace mlops::formats
