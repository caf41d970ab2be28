// The list of packs that are about to go.
#include "fuzzing.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "local/pack_index.hpp"

using namespace mlops;
using namespace mlops::fuzzing;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = ::memfd_create("condemned", MFD_CLOEXEC);
  require(file >= 0 && ::write(file, data, size) == static_cast<ssize_t>(size));
  const auto packs = artifacts::read_condemned("/proc/self/fd/" + std::to_string(file));
  ::close(file);
  const std::string_view text = text_of(bytes_of(data, size));
  for (const Digest& pack : packs) require(text.find(pack.hex()) != std::string_view::npos);
  return 0;
}
