// Text and bytes in a pickle: where they are, and what they say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats::pickle {

enum class Coding : std::uint8_t {
  plain,    // as it stands
  quoted,   // as Python prints it, between quotes and with escapes: STRING
  escaped,  // Latin-1 with \u and \U: UNICODE
};

struct Blob {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  Coding coding = Coding::plain;
};

// Of the instruction at `offset`; nullopt when it holds neither text nor bytes.
std::optional<Blob> blob_at(const ByteSource& source, std::uint64_t offset);

// The first `most` bytes of it, of text in UTF-8.
std::string decode(const ByteSource& source, const Blob& blob, std::size_t most);
std::string decode(std::string_view raw, Coding coding, std::size_t most);

// UTF-8 back to the bytes that Python 3 writes as text for old protocols; nullopt when a character is above 255.
std::optional<std::string> latin1_bytes(std::string_view text);

}  // namespace mlops::formats::pickle
