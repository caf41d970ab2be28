// A compressed chunk: either exactly as many bytes as its record says, or nothing.
#include "fuzzing.hpp"

#include <cstring>

#include "local/compression.hpp"

using namespace mlops;
using namespace mlops::fuzzing;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint16_t wanted = 0;
  if (size < sizeof wanted) return 0;
  std::memcpy(&wanted, data, sizeof wanted);
  const auto frame = bytes_of(data, size).subspan(sizeof wanted);
  if (const auto chunk = artifacts::decompress(frame, wanted)) require(chunk->size() == wanted);
  return 0;
}
