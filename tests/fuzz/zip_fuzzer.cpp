// A zip archive: all that is said of it, and all that its members unpack to.
#include "fuzzing.hpp"

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "archive/zip.hpp"
#include "malformed.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

namespace {

void read_members(const ByteSource& source) {
  const ZipArchive archive{source};
  for (const ZipMember& member : archive.members()) {
    try {
      const auto part = archive.open(member);
      require(read_bytes(*part, 0, 64u << 10).size() <= member.size);
    } catch (const Malformed&) {
    } catch (const Unscannable&) {
    }
  }
  std::uint64_t end = 0;
  for (const ZipGap& gap : archive.gaps()) {
    require(gap.offset >= end && gap.size > 0);
    end = gap.offset + gap.size;
  }
  require(end <= source.size());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemorySource source{text_of(bytes_of(data, size))};
  try {
    read_members(source);
  } catch (const Malformed&) {
  } catch (const Unscannable&) {
  }
  (void)inspect_file(source);
  const domain::Scan scan = scan_file(source);
  require(scan.findings.size() <= domain::Scan::most_findings);
  return 0;
}
