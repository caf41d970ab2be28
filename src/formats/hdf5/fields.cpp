#include "fields.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

std::uint64_t Fields::number(std::size_t width) {
  const std::string_view bytes = take(width);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

std::uint64_t Fields::all_ones_kept(std::uint8_t width) {
  const std::uint64_t value = number(width);
  return width < 8 && value == (std::uint64_t{1} << (8 * width)) - 1 ? undefined : value;
}

std::string_view Fields::take(std::uint64_t size) {
  if (size > left()) throw Malformed{fmt::format("{} ends {} bytes too early", name_, size - left())};
  const std::string_view bytes = bytes_.substr(at_, static_cast<std::size_t>(size));
  at_ += static_cast<std::size_t>(size);
  return bytes;
}

std::string_view Fields::text() {
  const std::size_t end = bytes_.find('\0', at_);
  if (end == std::string_view::npos) throw Malformed{fmt::format("a text in {} does not end", name_)};
  const std::string_view text = take(end - at_);
  skip(1);
  return text;
}

std::string_view Fields::padded_text() {
  const std::string_view found = text();
  skip(std::min<std::size_t>(left(), (8 - (found.size() + 1) % 8) % 8));
  return found;
}

void Fields::expect(std::string_view signature) {
  if (take(signature.size()) != signature) throw Malformed{fmt::format("{} does not begin with {}", name_, signature)};
}

void Fields::expect_version(std::uint8_t version) {
  const std::uint8_t found = byte();
  if (found != version) throw Unscannable{fmt::format("{} is of version {}, which is not known", name_, found)};
}

namespace {

struct Mix {
  std::uint32_t a, b, c;

  void between() {
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
  }

  void at_end() {
    c ^= b, c -= std::rotl(b, 14);
    a ^= c, a -= std::rotl(c, 11);
    b ^= a, b -= std::rotl(a, 25);
    c ^= b, c -= std::rotl(b, 16);
    a ^= c, a -= std::rotl(c, 4);
    b ^= a, b -= std::rotl(a, 14);
    c ^= b, c -= std::rotl(b, 24);
  }

  // Up to 12 bytes; those that are missing count as zeros.
  void add(std::string_view bytes) {
    std::array<std::uint32_t, 3> words{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      words[i / 4] += std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * (i % 4));
    }
    a += words[0], b += words[1], c += words[2];
  }
};

}  // namespace

std::uint32_t checksum(std::string_view bytes) {
  const std::uint32_t start = 0xdeadbeef + static_cast<std::uint32_t>(bytes.size());
  Mix mix{start, start, start};
  if (bytes.empty()) return mix.c;
  while (bytes.size() > 12) {
    mix.add(bytes.substr(0, 12));
    mix.between();
    bytes.remove_prefix(12);
  }
  mix.add(bytes);
  mix.at_end();
  return mix.c;
}

}  // namespace mlops::formats::hdf5
