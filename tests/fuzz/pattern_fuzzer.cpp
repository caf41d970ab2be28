// A pattern of a schema on its first line, and a text for it.
#include "fuzzing.hpp"

#include <mlops/support/error.hpp>
#include <mlops/support/pattern.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  const std::size_t line = text.find('\n');
  try {
    const Pattern pattern{text.substr(0, line)};
    if (line != std::string_view::npos) static_cast<void>(pattern.matches(text.substr(line + 1)));
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::usage);
  }
  return 0;
}
