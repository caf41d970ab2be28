// A tar archive, member by member.
#include "fuzzing.hpp"

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "archive/tar.hpp"
#include "malformed.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

namespace {

void read_entries(const ByteSource& source) {
  TarReader reader{source};
  std::uint64_t before = 0;
  while (const auto entry = reader.next()) {
    require(entry->header_offset >= before && entry->data_offset > entry->header_offset);
    before = entry->data_offset;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemorySource source{text_of(bytes_of(data, size))};
  try {
    read_entries(source);
  } catch (const Malformed&) {
  }
  (void)inspect_file(source);
  (void)scan_file(source);
  return 0;
}
