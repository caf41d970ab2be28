#include "archive/executables.hpp"

#include <algorithm>
#include <array>

#include "archive/zip_records.hpp"

namespace mlops::formats {

namespace {

using namespace std::string_view_literals;

std::string_view first_four(const Head& head) { return std::string_view{head.bytes}.substr(0, 4); }

// A universal binary begins like a Java class, whose next number is never so small.
bool is_universal(const Head& head) {
  constexpr unsigned most_architectures = 40;
  return head.bytes.size() >= 8 &&
         (first_four(head) == "\xca\xfe\xba\xbe"sv || first_four(head) == "\xca\xfe\xba\xbf"sv) &&
         head.bytes.substr(4, 3) == "\0\0\0"sv && static_cast<unsigned char>(head.bytes[7]) < most_architectures;
}

}  // namespace

bool is_elf(const Head& head) {
  return head.bytes.size() >= 6 &&
         head.starts_with(
             "\x7f"
             "ELF") &&
         (head.bytes[4] == 1 || head.bytes[4] == 2) && (head.bytes[5] == 1 || head.bytes[5] == 2);
}

bool is_pe(const Head& head) {
  constexpr std::size_t place_of_header = 0x3c;
  if (!head.starts_with("MZ") || head.bytes.size() < place_of_header + 4) return false;
  return read_bytes(head.source, little_at<std::uint32_t>(head.bytes, place_of_header), 4) == "PE\0\0"sv;
}

bool is_macho(const Head& head) {
  constexpr auto magics = std::to_array<std::string_view>(
      {"\xfe\xed\xfa\xce"sv, "\xce\xfa\xed\xfe"sv, "\xfe\xed\xfa\xcf"sv, "\xcf\xfa\xed\xfe"sv});
  return std::ranges::find(magics, first_four(head)) != magics.end() || is_universal(head);
}

void scan_native_code(const ByteSource&, Scanning& scanning) {
  scanning.report(domain::Safety::unknown, "code.native", "native code: whoever loads it runs it");
}

}  // namespace mlops::formats
