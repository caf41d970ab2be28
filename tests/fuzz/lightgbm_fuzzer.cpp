// A LightGBM model in text.
#include "reading.hpp"

#include "lightgbm.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  fuzzing::read_as(fuzzing::text_of(fuzzing::bytes_of(data, size)), formats::inspect_lightgbm, formats::scan_lightgbm);
  return 0;
}
