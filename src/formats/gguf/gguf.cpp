#include "gguf/gguf.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "gguf/gguf_header.hpp"
#include "jinja/jinja.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

// Numbers 'ggml', 'ggmf', 'ggjt' and 'ggla' as they were written, little-endian.
constexpr auto old_magics = std::to_array<std::string_view>({"lmgg", "fmgg", "tjgg", "algg"});

// What is wrong is kept with what was found before.
void read(GgufHeader& header, Flaws& flaws) {
  try {
    header.read();
  } catch (const Malformed& error) {
    flaws.add("gguf.header", error.what());
  } catch (const Unscannable& error) {
    flaws.add("gguf.header", error.what(), domain::Safety::unscannable);
  }
}

}  // namespace

bool is_gguf(const Head& head) { return head.starts_with("GGUF"); }

void inspect_gguf(const ByteSource& source, domain::Inspection& inspection) {
  Flaws flaws;
  GgufHeader header{source, inspection, flaws};
  read(header, flaws);
  flaws.tell(inspection);
}

void scan_gguf(const ByteSource& source, Scanning& scanning) {
  domain::Inspection inspection;
  Flaws flaws;
  GgufHeader header{source, inspection, flaws};
  read(header, flaws);
  flaws.tell(scanning);
  for (const GgufHeader::Template& found : header.templates()) {
    const Scanning::Place place{scanning, found.key};
    report_jinja_dangers(found.text, scanning);
    if (found.is_cut) scanning.report(domain::Safety::unscannable, "jinja.size", "is longer than any template");
  }
}

bool is_old_ggml(const Head& head) {
  // A version of few bits follows all but the first of them; no text looks like that.
  const bool is_any = std::ranges::any_of(old_magics, [&](std::string_view magic) { return head.starts_with(magic); });
  return is_any && head.bytes.size() >= 8 && head.bytes[7] == '\0';
}

void inspect_old_ggml(const ByteSource& /*source*/, domain::Inspection& inspection) {
  inspection.problems.emplace_back("it is of a format before GGUF, of which nothing more is read");
}

}  // namespace mlops::formats
