#include "archive/stream_row.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "archive/unpacked_source.hpp"
#include "archive/zip_row.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_layers = 8;

struct NamedPacking {
  std::string_view name;
  Packing packing;
};
constexpr auto packings = std::to_array<NamedPacking>({{"gzip", Packing::gzip},
                                                       {"bzip2", Packing::bzip2},
                                                       {"xz", Packing::xz},
                                                       {"lz4", Packing::lz4},
                                                       {"zstd", Packing::zstd},
                                                       {"zlib", Packing::zlib},
                                                       {"lzma", Packing::lzma_alone}});

std::optional<Packing> packing_named(std::string_view name) {
  for (const auto& [its_name, packing] : packings) {
    if (its_name == name) return packing;
  }
  return std::nullopt;
}

unsigned char byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

// Whether the head unpacks without a fault to more than chance would give.
bool unpacks(const Head& head, Packing packing) {
  constexpr std::size_t more_than_chance = 32;
  constexpr std::size_t enough = 4096;
  const MemorySource begin{head.bytes};
  const UnpackedSource unpacked{begin, packing};
  try {
    std::string into(enough, '\0');
    const std::size_t got = unpacked.read_at(0, std::as_writable_bytes(std::span{into}));
    if (got == enough) return true;
    const auto ending = unpacked.ending(enough);
    return ending && (ending->streams != 0 || got >= more_than_chance);
  } catch (const Unscannable&) {
    return false;
  }
}

// Frames that hold nothing may stand in front of the first real one, of both formats that have them.
std::uint32_t first_frame(const Head& head) {
  constexpr std::size_t most_skipped = 1000;
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < most_skipped; ++i) {
    const std::string bytes = read_bytes(head.source, at, 8);
    if (bytes.size() < 4) return 0;
    std::uint32_t magic = 0;
    for (unsigned b = 0; b < 4; ++b) magic |= std::uint32_t{byte_at(bytes, b)} << (8 * b);
    if ((magic & 0xfffffff0u) != 0x184d2a50u || bytes.size() < 8) return magic;
    std::uint64_t size = 0;
    for (unsigned b = 0; b < 4; ++b) size |= std::uint64_t{byte_at(bytes, 4 + b)} << (8 * b);
    at += 8 + size;
  }
  return 0;
}

}  // namespace

template <>
bool is_stream<Packing::gzip>(const Head& head) {
  // Method 8 is the only one; the upper three flags are reserved.
  return head.starts_with("\x1f\x8b\x08"sv) && (byte_at(head.bytes, 3) & 0xe0) == 0;
}

template <>
bool is_stream<Packing::bzip2>(const Head& head) {
  const std::string_view block = std::string_view{head.bytes}.substr(0, 10);
  return block.size() == 10 && block.starts_with("BZh") && block[3] >= '1' && block[3] <= '9' &&
         (block.substr(4) == "\x31\x41\x59\x26\x53\x59"sv || block.substr(4) == "\x17\x72\x45\x38\x50\x90"sv);
}

template <>
bool is_stream<Packing::xz>(const Head& head) {
  return head.starts_with("\xfd\x37zXZ\0"sv);
}

template <>
bool is_stream<Packing::lz4>(const Head& head) {
  return first_frame(head) == 0x184d2204u;
}

template <>
bool is_stream<Packing::zstd>(const Head& head) {
  return first_frame(head) == 0xfd2fb528u;
}

template <>
bool is_stream<Packing::zlib>(const Head& head) {
  const unsigned method = byte_at(head.bytes, 0);
  const unsigned flags = byte_at(head.bytes, 1);
  if (head.bytes.size() < 2 || (method & 0x0f) != 8 || method > 0x78) return false;
  if ((method * 256 + flags) % 31 != 0 || (flags & 0x20) != 0) return false;
  return unpacks(head, Packing::zlib);
}

template <>
bool is_stream<Packing::lzma_alone>(const Head& head) {
  // Its properties as every writer sets them, a dictionary that is 2^n or 2^n + 2^(n-1), a size that is unknown or
  // below 256 GiB, and the zero with which its coder begins.
  constexpr std::size_t header_size = 13;
  if (head.bytes.size() <= header_size || !head.starts_with("\x5d"sv) || byte_at(head.bytes, header_size) != 0)
    return false;
  std::uint32_t dictionary = 0;
  for (unsigned b = 0; b < 4; ++b) dictionary |= std::uint32_t{byte_at(head.bytes, 1 + b)} << (8 * b);
  std::uint64_t size = 0;
  for (unsigned b = 0; b < 8; ++b) size |= std::uint64_t{byte_at(head.bytes, 5 + b)} << (8 * b);
  while (dictionary != 0 && (dictionary & 1u) == 0) dictionary >>= 1;
  const bool plausible = dictionary == 1 || dictionary == 3 || dictionary == 0xffffffffu;
  return plausible && (size == ~std::uint64_t{0} || size < (std::uint64_t{1} << 38)) &&
         unpacks(head, Packing::lzma_alone);
}

void inspect_stream(const ByteSource& source, Packing packing, domain::Inspection& inspection) {
  std::vector<std::unique_ptr<UnpackedSource>> layers;
  std::string compression{name_of(packing)};
  layers.push_back(std::make_unique<UnpackedSource>(source, packing));
  const FormatRow* row = &recognise(*layers.back());
  while (const auto inner = packing_named(row->name)) {
    if (layers.size() == most_layers) throw Unscannable{fmt::format("packed more than {} times over", most_layers)};
    layers.push_back(std::make_unique<UnpackedSource>(*layers.back(), *inner));
    compression += fmt::format(", {}", row->name);
    row = &recognise(*layers.back());
  }
  inspection.facts.emplace_back("compression", compression);
  inspection.format = row->name == "unknown" ? compression : std::string{row->name};
  try {
    if (row->inspect != nullptr) row->inspect(*layers.back(), inspection);
  } catch (const Malformed& error) {
    inspection.problems.emplace_back(error.what());
  }
  const auto ending = layers.front()->ending();
  if (ending && !ending->problem.empty()) inspection.problems.push_back(ending->problem);
}

void scan_stream(const ByteSource& source, Packing packing, Scanning& scanning) {
  const UnpackedSource unpacked{source, packing, [&scanning](std::uint64_t work) { scanning.spend(work); }};
  scanning.unwrap(unpacked, name_of(packing));
  const auto ending = unpacked.ending();
  if (!ending) return;
  scan_zip_behind(unpacked, name_of(packing), scanning);
  if (!ending->problem.empty()) scanning.report(domain::Safety::malformed, "stream.broken", ending->problem);
  const std::uint64_t size = source.size();
  const std::uint64_t rest = std::min(size, end_of_zeros(source, ending->packed));
  if (!ending->problem.empty() || rest >= size) return;
  scanning.report(domain::Safety::malformed, "stream.trailing",
                  fmt::format("{} bytes follow the {} stream", size - ending->packed, name_of(packing)));
  const SourcePart part{source, rest, size - rest};
  scanning.descend(part, fmt::format("at byte {}", rest));
}

bool holds_others(std::string_view format) { return format == "zip" || format == "tar" || packing_named(format); }

}  // namespace mlops::formats
