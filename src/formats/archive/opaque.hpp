// Archives that we can't look into, which must never pass as clean. Sources: 7zFormat.txt, rarlab.com's technote.
#pragma once

#include "format_table.hpp"

namespace mlops::formats {

bool is_7z(const Head& head);
bool is_rar(const Head& head);
void scan_opaque(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
