// A GGUF file: metadata, tensors, and the chat template among the metadata.
#include "reading.hpp"

#include "gguf/gguf.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  fuzzing::read_as(fuzzing::text_of(fuzzing::bytes_of(data, size)), formats::inspect_gguf, formats::scan_gguf);
  return 0;
}
