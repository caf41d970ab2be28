// Every format we know, in one table: how it is recognised, read and scanned.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "scanning.hpp"

namespace mlops::formats {

// What recognising a format may look at: its first bytes, and the rest where it must.
struct Head {
  std::string bytes;  // the first 64 KiB
  const ByteSource& source;
  [[nodiscard]] bool starts_with(std::string_view magic) const { return std::string_view{bytes}.starts_with(magic); }
};

struct FormatRow {
  std::string_view name;
  // Whether the content is of this format, so surely that no other row need be asked. Never throws Malformed.
  bool (*matches)(const Head& head);
  // Fills in what the file tells. May throw Malformed and Unscannable: what was filled in until then stays. nullptr: it
  // tells nothing but its name.
  void (*inspect)(const ByteSource& source, domain::Inspection& inspection);
  // Reports what loading it can do. May throw Malformed and Unscannable. nullptr: nothing can be wrong with it.
  void (*scan)(const ByteSource& source, Scanning& scanning);
  // Whether a loader of models exists for it, whose dangers we know: text and pictures have none.
  bool is_model = true;
};

// In the order in which they are asked: those with a magic number first, those that must be guessed last, and
// `unknown`, which takes all, at the end.
std::span<const FormatRow> format_table();

// The row for this content.
const FormatRow& recognise(const ByteSource& source);

}  // namespace mlops::formats
