// Addresses of the internet, as far as it matters where a request may go.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mlops {

// Four bytes as they stand in a packet.
using IPv4 = std::array<std::uint8_t, 4>;
using IPv6 = std::array<std::uint8_t, 16>;

// What an address is that no stranger on the internet can have: "a loopback address", "a private address", …; nullopt
// for a public one. IPv6 forms that carry an IPv4 address are judged by that.
std::optional<std::string_view> why_not_public(const IPv4& address);
std::optional<std::string_view> why_not_public(const IPv6& address);

// The same for "10.0.0.1" or "[::1]" as a URL has it; nullopt also for what is no such literal.
std::optional<std::string_view> why_not_public(std::string_view host);

}  // namespace mlops
