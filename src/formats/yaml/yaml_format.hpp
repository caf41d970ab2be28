// The row `yaml` of the table of formats: settings and metadata, which run code only where a loader is told to make
// objects of their tags.
#pragma once

#include "format_table.hpp"

namespace mlops::formats {

// A mapping or list in block style that is YAML as far as the head goes, or anything with a tag of Python's.
bool is_yaml(const Head& head);
void scan_yaml(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
