// What Python's own modules, lz4 and zstd have packed: tests/oracles/archives.py.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats {

inline std::string from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  unsigned value = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    value = value << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(value >> bits);
  }
  return bytes;
}

inline const Json& archives_oracle() {
  static const Json oracle = [] {
    const auto path = std::filesystem::path{MLOPS_ORACLES} / "archives.json";
    return parse_json(read_file(path), path.string());
  }();
  return oracle;
}

}  // namespace mlops::formats
