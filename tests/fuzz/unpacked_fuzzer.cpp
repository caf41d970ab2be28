// A compressed stream of each kind: the first byte says which, and from where it is read.
#include "fuzzing.hpp"

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "archive/unpacked_source.hpp"
#include "malformed.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

namespace {

void read_all(const ByteSource& source, Packing packing) {
  const UnpackedSource unpacked{source, packing};
  const std::string begin = read_bytes(unpacked, 0, 1000);
  const auto ending = unpacked.ending(16u << 20);
  if (!ending) return;
  require(unpacked.size() == ending->unpacked && ending->packed <= source.size());
  require(read_bytes(unpacked, 0, 1000) == begin);
  require(read_bytes(unpacked, ending->unpacked, 1).empty());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const MemorySource source{text_of(bytes_of(data + 1, size - 1))};
  try {
    read_all(source, static_cast<Packing>(data[0] % (static_cast<int>(Packing::zstd) + 1)));
  } catch (const Unscannable&) {
  }
  (void)inspect_file(source);
  (void)scan_file(source);
  return 0;
}
