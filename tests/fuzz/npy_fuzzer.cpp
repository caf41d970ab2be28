// A NumPy array file: a literal of Python, and data.
#include "reading.hpp"

#include "npy/npy.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  fuzzing::read_as(fuzzing::text_of(fuzzing::bytes_of(data, size)), formats::inspect_npy_file, formats::scan_npy);
  return 0;
}
