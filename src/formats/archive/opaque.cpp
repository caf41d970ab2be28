#include "archive/opaque.hpp"

namespace mlops::formats {

using namespace std::string_view_literals;

bool is_7z(const Head& head) { return head.starts_with("7z\xbc\xaf\x27\x1c"sv); }

bool is_rar(const Head& head) {
  return head.starts_with("Rar!\x1a\x07\0"sv) || head.starts_with("Rar!\x1a\x07\x01\0"sv);
}

void scan_opaque(const ByteSource&, Scanning& scanning) {
  scanning.report(domain::Safety::unscannable, "archive.unsupported", "an archive that can't be looked into");
}

}  // namespace mlops::formats
