// A key shared with somebody else, and what proves that a message is from who has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mlops/support/digest.hpp>

namespace mlops {

// RFC 2104 over SHA-256.
Digest hmac_sha256(std::string_view key, std::string_view message);

// RFC 4648 with padding; bytes in a string.
std::string to_base64(std::string_view bytes);
// nullopt for anything that to_base64 would not have written.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace mlops
