// The bytes of the digest cache, see docs/formats.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/support/digest.hpp>
#include <mlops/support/file_state.hpp>

namespace mlops::artifacts {

struct DigestRecord {
  FileState state;
  Digest digest;
  std::uint32_t last_used = 0;  // days since 1970
};

// A file has one state at a time, so this is what finds a record.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
inline FileIdentity identity_of(const FileState& state) { return {state.device, state.inode}; }

// `records` in the order of their identities, each once.
std::string format_digest_records(const std::vector<DigestRecord>& records);
// Nothing when the bytes are not what format_digest_records made, to the last bit.
std::vector<DigestRecord> parse_digest_records(std::string_view bytes);

}  // namespace mlops::artifacts
