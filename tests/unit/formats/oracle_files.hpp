// Files as the scripts in tests/oracles keep them: a size, and the parts that are not zeros.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats {

inline Json oracle(std::string_view name) {
  const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / name;
  return parse_json(read_file(path), path.string());
}

inline std::string from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

// [offset, Base64], or [offset, byte, how often].
inline std::string bytes_of(const Json& example) {
  std::string bytes(static_cast<std::size_t>(example.at("size").as_integer()), '\0');
  for (const Json& part : example.at("parts").as_array()) {
    const auto& fields = part.as_array();
    const auto at = static_cast<std::size_t>(fields.at(0).as_integer());
    const std::string run = fields.size() == 2
                                ? from_base64(fields.at(1).as_string())
                                : std::string(static_cast<std::size_t>(fields.at(2).as_integer()),
                                              static_cast<char>(static_cast<unsigned char>(fields.at(1).as_integer())));
    bytes.replace(at, run.size(), run);
  }
  return bytes;
}

// The bytes of the example with this name.
inline std::string bytes_of(const Json& examples, std::string_view name) {
  for (const Json& example : examples.as_array()) {
    if (example.at("name").as_string() == name) return bytes_of(example);
  }
  return {};
}

}  // namespace mlops::formats
