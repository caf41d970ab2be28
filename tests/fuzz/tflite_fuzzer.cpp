// A TensorFlow Lite model: offsets that lead anywhere.
#include "reading.hpp"

#include "tflite.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  fuzzing::read_as(fuzzing::text_of(fuzzing::bytes_of(data, size)), formats::inspect_tflite, formats::scan_tflite);
  return 0;
}
