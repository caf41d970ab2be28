// Native code: ELF, PE and Mach-O files. Sources: the System V ABI, Microsoft's PE format, Apple's mach-o/loader.h.
#pragma once

#include "format_table.hpp"

namespace mlops::formats {

bool is_elf(const Head& head);
bool is_pe(const Head& head);
bool is_macho(const Head& head);
void scan_native_code(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
