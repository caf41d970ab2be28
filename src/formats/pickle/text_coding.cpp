#include "pickle/text_coding.hpp"

#include <array>
#include <cstdint>

namespace mlops::formats::pickle {

namespace {

constexpr std::uint8_t no_digit = 0xff;

// The value of each letter, for Base64 with either pair of last letters.
constexpr std::array<std::uint8_t, 256> base64_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < letters.size(); ++i)
    values[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}();

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=' || c == '\n' || c == '\r') continue;
    const std::uint8_t value = base64_values[static_cast<unsigned char>(c)];
    if (value == no_digit) return std::nullopt;
    pending = (pending << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(static_cast<std::uint8_t>(pending >> bits));
  }
  return bytes;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

bool begins_as_pickle(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

}  // namespace

std::optional<std::string> pickle_in_letters(std::string_view text) {
  // The first byte, 0x80, is "gA" in Base64 with what follows it, and "80" in hexadecimal digits.
  constexpr std::size_t enough = 8;
  if (text.size() < enough) return std::nullopt;
  std::optional<std::string> bytes;
  if (text.starts_with("gA")) bytes = from_base64(text);
  if (text.starts_with("80")) bytes = from_hex(text);
  return bytes && begins_as_pickle(*bytes) ? bytes : std::nullopt;
}

}  // namespace mlops::formats::pickle
