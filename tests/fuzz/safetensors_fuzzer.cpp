// A safetensors file: length, JSON header, data.
#include "reading.hpp"

#include "safetensors/safetensors.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  fuzzing::read_as(fuzzing::text_of(fuzzing::bytes_of(data, size)), formats::inspect_safetensors,
                   formats::scan_safetensors);
  return 0;
}
