// The rows of the format table that zip archives have.
#pragma once

#include <string_view>

#include "format_table.hpp"

namespace mlops::formats {

bool is_zip(const Head& head);
void inspect_zip(const ByteSource& source, domain::Inspection& inspection);
void scan_zip(const ByteSource& source, Scanning& scanning);

// Readers of archives look at the end, whatever a file begins with. Whether there is one at the end of `part`, which
// has been scanned as what it begins with; if so, it is scanned. `name`: what `part` is called in the present one.
bool scan_zip_behind(const ByteSource& part, std::string_view name, Scanning& scanning);

}  // namespace mlops::formats
