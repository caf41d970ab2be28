// A condition of a gate: on recorded metrics, and on predictions. Whatever it is, its parts are those of its junction,
// and a part that was cut out is read alike alone.
#include "fuzzing.hpp"

#include <mlops/domain/condition.hpp>
#include <mlops/domain/predictions.hpp>
#include <mlops/support/error.hpp>

namespace {

using namespace mlops;

std::size_t parts_in(const domain::Junction& junction, std::size_t known) {
  if (junction.kind == domain::Junction::Kind::part) {
    fuzzing::require(junction.part < known);
    return 1;
  }
  fuzzing::require(junction.of.size() >= 2);
  std::size_t count = 0;
  for (const domain::Junction& part : junction.of) count += parts_in(part, known);
  return count;
}

template <typename Parse>
void examine(std::string_view text, const Parse& parse) {
  const auto is_stage = [](std::string_view word) { return word == "production" || word == "staging"; };
  try {
    const auto condition = parse(text, is_stage);
    fuzzing::require(parts_in(condition.whole, condition.parts.size()) == condition.parts.size());
    for (const auto& part : condition.parts)
      fuzzing::require(parse(part.text, is_stage).parts.front().text == part.text);
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::usage);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  examine(text, domain::parse_condition);
  examine(text, domain::parse_prediction_condition);
  return 0;
}
