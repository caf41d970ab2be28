// A Keras configuration: inspected as a model and as settings of training, and scanned.
#include "fuzzing.hpp"

#include <mlops/domain/inspection.hpp>

#include "keras/config.hpp"
#include "malformed.hpp"
#include "scanning.hpp"

using namespace mlops;
using namespace mlops::formats;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  domain::Scan scan;
  Scanning scanning{scan};
  scan_keras_json(text, scanning);
  try {
    const Json config = parse_keras_json(text);
    domain::Inspection inspection;
    inspect_keras_model(config, inspection);
    inspect_keras_training(config, inspection);
  } catch (const Malformed&) {
    fuzzing::require(scan.safety != domain::Safety::allowlisted);
  }
  return 0;
}
