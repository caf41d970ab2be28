// A sentence in which a gate asks for data.
#include "fuzzing.hpp"

#include <mlops/domain/data_condition.hpp>
#include <mlops/support/error.hpp>

namespace {

bool stage_exists(std::string_view word) { return word == "production"; }

}  // namespace

// What was read says so itself, and reads back as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  try {
    const auto condition = domain::parse_data_condition(text, stage_exists);
    fuzzing::require(domain::parse_data_condition(condition.text, stage_exists) == condition);
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::usage);
  }
  return 0;
}
