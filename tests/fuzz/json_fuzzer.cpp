// JSON, as manifests and events are stored: what was read is written and read again as the same.
#include "fuzzing.hpp"

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;
using namespace mlops::fuzzing;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Json value = parse_json(text_of(bytes_of(data, size)), "input");
    const std::string written = canonical(value);
    require(canonical(parse_json(written, "canonical")) == written);
    require(parse_json(to_text(value), "text") == parse_json(to_line(value), "line"));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
