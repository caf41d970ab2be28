#include <mlops/support/signing.hpp>

#include <cstdint>

namespace mlops {

namespace {

constexpr std::size_t block_size = 64;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string bytes_of(const Digest& digest) { return {digest.bytes().begin(), digest.bytes().end()}; }

std::string padded(std::string_view key, char with) {
  std::string block{key};
  block.resize(block_size, '\0');
  for (char& byte : block) byte = static_cast<char>(byte ^ with);
  return block;
}

}  // namespace

Digest hmac_sha256(std::string_view key, std::string_view message) {
  const std::string short_key = key.size() > block_size ? bytes_of(sha256(key)) : std::string{key};
  const Digest inner = sha256(padded(short_key, '\x36') + std::string{message});
  return sha256(padded(short_key, '\x5c') + bytes_of(inner));
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<std::uint8_t>(group[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? alphabet[bits >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  const std::size_t end = text.find_last_not_of('=') + 1;  // 0 when there is nothing else
  for (const char digit : text.substr(0, end)) {
    const std::size_t value = alphabet.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255U);
  }
  if (to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace mlops
