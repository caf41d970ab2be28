// A Jinja template, cut into tokens and looked through.
#include "fuzzing.hpp"

#include "jinja/jinja.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  for (const formats::JinjaDanger& danger : formats::jinja_dangers(text)) {
    fuzzing::require(danger.offset < size);
    fuzzing::require(!danger.rule.empty() && !danger.what.empty());
  }
  return 0;
}
