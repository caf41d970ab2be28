// The digest cache, with its own checksum and with one that fits.
#include "fuzzing.hpp"

#include "digest_records.hpp"

using namespace mlops;
using namespace mlops::fuzzing;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(bytes_of(data, size));
  const std::string whole = std::string{text} + text_of(sha256(text));
  for (const std::string_view bytes : {text, std::string_view{whole}}) {
    const auto records = artifacts::parse_digest_records(bytes);
    require(records.empty() || artifacts::format_digest_records(records) == bytes);
  }
  return 0;
}
