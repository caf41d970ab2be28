#include "archive/zip_carving.hpp"

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "archive/members.hpp"
#include "archive/unpacked_source.hpp"
#include "archive/zip_problems.hpp"
#include "archive/zip_records.hpp"
#include "archive/zip_row.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_carved = 1000;
constexpr std::size_t carved_piece_size = 64u << 10;

// The offset of the next header at or behind `at`, or `end`.
std::uint64_t find_header(const ByteSource& source, std::uint64_t at, std::uint64_t end, Scanning& scanning) {
  while (at < end) {
    const std::string piece = read_bytes(source, at, std::min<std::uint64_t>(carved_piece_size, end - at));
    if (piece.size() < zip_local_size) return end;
    scanning.spend(piece.size());
    const std::size_t found = piece.find(zip_local_magic);
    if (found != std::string::npos) return at + found;
    at += piece.size() - zip_local_magic.size() + 1;
  }
  return end;
}

void scan_carved(const ByteSource& source, std::uint64_t at, std::uint64_t end, Scanning& scanning) {
  const auto header = read_local_header(source, at);
  if (!header) return;
  const std::string where = fmt::format("hidden member {} at byte {}", quoted_name(header->name), at);
  const std::uint64_t data_offset = at + header->header_size;
  if (data_offset >= end) return;
  const bool size_unknown = (header->flags & zip_flag_descriptor) != 0 || header->packed_size > end - data_offset;
  const SourcePart packed{source, data_offset, size_unknown ? end - data_offset : header->packed_size};
  // Nested archives are found as members of their own; read as such, they would be found again and again.
  if (read_bytes(packed, 0, zip_local_magic.size()) == zip_local_magic && header->method == 0) return;
  if ((header->flags & zip_flags_of_encryption) != 0) {
    const Scanning::Place place{scanning, where};
    scanning.report(domain::Safety::unscannable, "zip.encrypted", "it is encrypted");
  } else if (header->method == 0) {
    scanning.descend(packed, where);
  } else if (header->method == 8) {
    const UnpackedSource unpacked{packed, Packing::deflate, [&](std::uint64_t work) { scanning.spend(work); }};
    scanning.descend(unpacked, where);
  } else {
    const Scanning::Place place{scanning, where};
    scanning.report(domain::Safety::unscannable, "zip.method",
                    fmt::format("it is packed by method {}", header->method));
  }
  report_python(header->name, scanning);
}

}  // namespace

void scan_hidden(const ByteSource& source, const ZipGap& gap, Scanning& scanning) {
  const std::uint64_t end = gap.offset + gap.size;
  const SourcePart part{source, gap.offset, gap.size};
  // What begins as an archive is the archive that we are in.
  if (!is_zip(Head{read_bytes(part, 0, zip_local_magic.size()), part})) {
    scanning.descend(part, fmt::format("at byte {}", gap.offset));
  }
  std::uint64_t at = gap.offset;
  for (std::size_t count = 0;; ++count) {
    at = find_header(source, at, end, scanning);
    if (at >= end) return;
    if (count == most_carved) throw Unscannable{fmt::format("it has more than {} hidden members", most_carved)};
    scan_carved(source, at, end, scanning);
    ++at;
  }
}

}  // namespace mlops::formats
