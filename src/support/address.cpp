#include <mlops/support/address.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <span>
#include <string>

namespace mlops {

namespace {

struct Block {
  std::array<std::uint8_t, 16> prefix;
  int bits;
  std::string_view what;
};

constexpr std::string_view reserved = "a reserved address";
constexpr std::string_view for_examples = "an address for examples";

// Of the registries of special-purpose addresses (RFC 6890 and those after it). 169.254.169.254 and fd00:ec2::254,
// where clouds answer with credentials, are among the link-local and private ones.
constexpr std::array blocks_v4{
    Block{{0}, 8, "an unspecified address"},
    Block{{10}, 8, "a private address"},
    Block{{100, 64}, 10, "a carrier's private address"},
    Block{{127}, 8, "a loopback address"},
    Block{{169, 254}, 16, "a link-local address"},
    Block{{172, 16}, 12, "a private address"},
    Block{{192, 0, 0}, 24, reserved},
    Block{{192, 0, 2}, 24, for_examples},
    Block{{192, 88, 99}, 24, reserved},
    Block{{192, 168}, 16, "a private address"},
    Block{{198, 18}, 15, "an address for benchmarks"},
    Block{{198, 51, 100}, 24, for_examples},
    Block{{203, 0, 113}, 24, for_examples},
    Block{{224}, 4, "a multicast address"},
    Block{{240}, 4, reserved},
};

constexpr std::array blocks_v6{
    Block{{0xfc}, 7, "a private address"},
    Block{{0xfe, 0x80}, 10, "a link-local address"},
    Block{{0xfe, 0xc0}, 10, "a private address"},
    Block{{0xff}, 8, "a multicast address"},
    Block{{0x20, 0x01}, 23, reserved},  // Teredo and others that lead elsewhere
    Block{{0x20, 0x01, 0x0d, 0xb8}, 32, for_examples},
    Block{{0x3f, 0xff}, 20, for_examples},
};

constexpr Block global_v6{{0x20}, 3, ""};
constexpr Block mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, ""};
constexpr Block compatible{{0}, 96, ""};
constexpr Block translated{{0x00, 0x64, 0xff, 0x9b}, 96, ""};
constexpr Block six_to_four{{0x20, 0x02}, 16, ""};

bool is_in(std::span<const std::uint8_t> address, const Block& block) {
  for (int bit = 0; bit < block.bits; bit += 8) {
    const int left = std::min(8, block.bits - bit);
    const auto at = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - left));
    if ((address[at] & mask) != (block.prefix[at] & mask)) return false;
  }
  return true;
}

IPv4 part_at(const IPv6& address, std::size_t at) {
  return {address[at], address[at + 1], address[at + 2], address[at + 3]};
}

}  // namespace

std::optional<std::string_view> why_not_public(const IPv4& address) {
  const auto block = std::ranges::find_if(blocks_v4, [&](const Block& known) { return is_in(address, known); });
  if (block == blocks_v4.end()) return std::nullopt;
  return block->what;
}

std::optional<std::string_view> why_not_public(const IPv6& address) {
  constexpr IPv6 loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (address == loopback) return "a loopback address";
  if (is_in(address, mapped) || is_in(address, compatible) || is_in(address, translated)) {
    return why_not_public(part_at(address, 12));
  }
  if (is_in(address, six_to_four)) return why_not_public(part_at(address, 2));
  const auto block = std::ranges::find_if(blocks_v6, [&](const Block& known) { return is_in(address, known); });
  if (block != blocks_v6.end()) return block->what;
  if (!is_in(address, global_v6)) return reserved;
  return std::nullopt;
}

std::optional<std::string_view> why_not_public(std::string_view host) {
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string text{in_brackets ? host.substr(1, host.size() - 2) : host};
  IPv4 v4{};
  if (!in_brackets && ::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return why_not_public(v4);
  IPv6 v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return why_not_public(v6);
  return std::nullopt;
}

}  // namespace mlops
