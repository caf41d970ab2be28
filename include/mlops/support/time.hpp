// Instants, their RFC 3339 text, and the clock that everything receives as a value.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mlops {

// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Timestamp {
  std::int64_t milliseconds = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

using Clock = std::function<Timestamp()>;

// The machine's clock.
Timestamp system_now();

// "2026-11-01T09:30:00Z", with ".123" only when there are milliseconds.
std::string rfc3339(Timestamp at);

// What a person or script may write: an RFC 3339 time with or without a zone (none means UTC), a date
// ("2026-11-01": its last millisecond, so that "at that date" includes the day), or a span before now. nullopt for
// anything else.
std::optional<Timestamp> parse_time(std::string_view text, Timestamp now);

// A span of time: a number and a unit, "90m", "36h", "30d", "2 weeks", "1.5 hours"; in milliseconds. nullopt for
// anything else.
std::optional<std::int64_t> parse_time_span(std::string_view text);

// The hint of an error about a text that is no span of time.
std::string time_span_hint(std::string_view text);

// "just now", "5 minutes ago", "3 days ago", "in 2 hours"; an absolute date beyond 60 days.
std::string relative_time(Timestamp at, Timestamp now);

// "850 ms", "12.3 s", "4 min 5 s", "2 h 3 min", "3 days 4 h".
std::string duration_text(std::int64_t milliseconds);

}  // namespace mlops
