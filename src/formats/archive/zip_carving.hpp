// Members of a zip archive that its central directory doesn't name.
#pragma once

#include <mlops/support/byte_source.hpp>

#include "archive/zip.hpp"
#include "scanning.hpp"

namespace mlops::formats {

// Scans the gap as what it begins with, and each member that has a header in it.
void scan_hidden(const ByteSource& source, const ZipGap& gap, Scanning& scanning);

}  // namespace mlops::formats
