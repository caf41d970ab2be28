// A trigger of [model.NAME.retrain], and a span of time. What was read says so itself, and reads back as the same.
#include "fuzzing.hpp"

#include <cmath>

#include <mlops/domain/trigger.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/time.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  if (const auto span = parse_time_span(text)) fuzzing::require(*span >= 0);
  fuzzing::require(!time_span_hint(text).empty());
  try {
    const auto trigger = domain::parse_trigger(text);
    fuzzing::require(!trigger.subject.empty() && trigger.batches >= 1 && std::isfinite(trigger.value));
    fuzzing::require((trigger.kind == domain::Trigger::Kind::age) == (trigger.age_ms > 0));
    const auto again = domain::parse_trigger(trigger.text);
    fuzzing::require(again.kind == trigger.kind && again.subject == trigger.subject &&
                     again.batches == trigger.batches);
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::usage);
  }
  return 0;
}
