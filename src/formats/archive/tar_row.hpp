// The row of the format table that tar archives have.
#pragma once

#include "format_table.hpp"

namespace mlops::formats {

bool is_tar(const Head& head);
void inspect_tar(const ByteSource& source, domain::Inspection& inspection);
void scan_tar(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
