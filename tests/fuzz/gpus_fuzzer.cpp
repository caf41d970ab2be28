// What `nvidia-smi` prints, or whatever else has that name.
#include "fuzzing.hpp"

#include <mlops/support/json.hpp>

#include "gpu.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  const Json gpus = runners::parse_gpus(fuzzing::text_of(fuzzing::bytes_of(data, size)));
  if (gpus.is_null()) return 0;
  fuzzing::require(!gpus.as_array().empty());
  for (const Json& gpu : gpus.as_array()) {
    for (const char* const key : {"name", "memory", "driver"}) fuzzing::require(gpu.at(key).is_string());
  }
  // It is recorded with the run, and read again.
  fuzzing::require(parse_json(to_text(gpus), "gpus") == gpus);
  return 0;
}
