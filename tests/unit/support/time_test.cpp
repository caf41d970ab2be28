#include <mlops/support/time.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace mlops;

namespace {

// `date -u -d 2026-11-01T09:30:00Z +%s` is 1793525400.
constexpr Timestamp now{1793525400'000};
constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

Timestamp ago(std::int64_t span) { return {now.milliseconds - span}; }

// The RFC 3339 text of what `text` is read as; "nothing" when it is refused.
std::string read_as(std::string_view text) {
  const auto time = parse_time(text, now);
  return time ? rfc3339(*time) : "nothing";
}

}  // namespace

TEST_CASE("an instant is written in UTC, with milliseconds only when there are some") {
  CHECK(rfc3339(now) == "2026-11-01T09:30:00Z");
  CHECK(rfc3339({now.milliseconds + 123}) == "2026-11-01T09:30:00.123Z");
  CHECK(rfc3339({now.milliseconds + 7}) == "2026-11-01T09:30:00.007Z");
  CHECK(rfc3339({0}) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339({-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339({951'782'400'000}) == "2000-02-29T00:00:00Z");  // date -u -d @951782400
}

TEST_CASE("an instant that RFC 3339 has no text for becomes the nearest that has one") {
  CHECK(rfc3339({std::numeric_limits<std::int64_t>::max()}) == "9999-12-31T23:59:59.999Z");
  CHECK(rfc3339({std::numeric_limits<std::int64_t>::min()}) == "0000-01-01T00:00:00Z");
}

TEST_CASE("a time is read with a zone, and as UTC without one") {
  CHECK(read_as("2026-11-01T09:30:00Z") == "2026-11-01T09:30:00Z");
  CHECK(read_as("2026-11-01T09:30:00") == "2026-11-01T09:30:00Z");
  CHECK(read_as("2026-11-01 09:30:00") == "2026-11-01T09:30:00Z");
  CHECK(read_as("2026-11-01t09:30:00z") == "2026-11-01T09:30:00Z");
  CHECK(read_as("2026-11-01T09:30:00+02:00") == "2026-11-01T07:30:00Z");
  CHECK(read_as("2026-11-01T00:30:00-05:30") == "2026-11-01T06:00:00Z");
  CHECK(read_as("2026-11-01T00:30:00+01:00") == "2026-10-31T23:30:00Z");
  CHECK(read_as("2026-11-01T09:30:00.5Z") == "2026-11-01T09:30:00.500Z");
  CHECK(read_as("2026-11-01T09:30:00.123456789Z") == "2026-11-01T09:30:00.123Z");
  CHECK(read_as("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00Z");
}

TEST_CASE("a date includes its whole day") { CHECK(read_as("2026-11-01") == "2026-11-01T23:59:59.999Z"); }

TEST_CASE("a span counts back from now") {
  CHECK(read_as("3h") == "2026-11-01T06:30:00Z");
  CHECK(read_as("2d") == "2026-10-30T09:30:00Z");
  CHECK(read_as("90m") == "2026-11-01T08:00:00Z");
  CHECK(read_as("15s") == "2026-11-01T09:29:45Z");
  CHECK(read_as("1w") == "2026-10-25T09:30:00Z");
  CHECK(read_as("0s") == "2026-11-01T09:30:00Z");
  CHECK(read_as("3 hours") == "2026-11-01T06:30:00Z");
  CHECK(read_as("3.5h") == "2026-11-01T06:00:00Z");
}

TEST_CASE("a span of time is a number and a unit") {
  CHECK(parse_time_span("90m") == 5'400'000);
  CHECK(parse_time_span("90 min") == 5'400'000);
  CHECK(parse_time_span("1.5 hours") == 5'400'000);
  CHECK(parse_time_span("30d") == 2'592'000'000);
  CHECK(parse_time_span("1 week") == 604'800'000);
  CHECK(parse_time_span("0d") == 0);
}

TEST_CASE("what is no span of time is told so") {
  const auto text = GENERATE(as<std::string>{}, "", "30", "d", "30 dasy", "-1d", "1e3d", "inf d", "1.2.3d", "1d 2h",
                             "99999999999999999999w", "30 d ays", "2026-11-01");
  CHECK_FALSE(parse_time_span(text));
  CHECK_FALSE(time_span_hint(text).empty());
}

TEST_CASE("the hint of a span of time names the near unit") {
  CHECK(time_span_hint("30 dasy") == "did you mean `days`?");
  CHECK(time_span_hint("30").starts_with("the units are seconds, minutes, hours, days, weeks"));
  CHECK(time_span_hint("soon") == "such as `30d`, `36h`, `90m` or `2 weeks`");
}

TEST_CASE("what is not exactly a time is refused") {
  const auto text =
      GENERATE(as<std::string>{}, "", "now", "yesterday", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-11-00",
               "2026-11-1", "26-11-01", "2026-11-01T", "2026-11-01T09:30", "2026-11-01T9:30:00Z",
               "2026-11-01T24:00:00Z", "2026-11-01T09:60:00Z", "2026-11-01T09:30:60Z", "2026-11-01T09:30:00.Z",
               "2026-11-01T09:30:00+2", "2026-11-01T09:30:00+0200", "2026-11-01T09:30:00+24:00",
               "2026-11-01T09:30:00Z ", " 2026-11-01", "2026-11-01T09:30:00ZZ", "2026/11/01", "-3h", "+3h", "3", "h",
               "3y", "3hh", "99999999999999999999d", "9223372036854775807d");
  CAPTURE(text);
  CHECK(read_as(text) == "nothing");
}

TEST_CASE("times are told relative to now") {
  CHECK(relative_time(now, now) == "just now");
  CHECK(relative_time(ago(59 * second), now) == "just now");
  CHECK(relative_time(ago(minute), now) == "1 minute ago");
  CHECK(relative_time(ago(5 * minute + 59 * second), now) == "5 minutes ago");
  CHECK(relative_time(ago(59 * minute + 59 * second), now) == "59 minutes ago");
  CHECK(relative_time(ago(hour), now) == "1 hour ago");
  CHECK(relative_time(ago(day - 1), now) == "23 hours ago");
  CHECK(relative_time(ago(day), now) == "1 day ago");
  CHECK(relative_time(ago(3 * day), now) == "3 days ago");
  CHECK(relative_time(ago(60 * day), now) == "60 days ago");
  CHECK(relative_time(ago(-2 * hour), now) == "in 2 hours");
  CHECK(relative_time(ago(61 * day), now) == "2026-09-01");
  CHECK(relative_time({std::numeric_limits<std::int64_t>::min()}, {std::numeric_limits<std::int64_t>::max()}) ==
        "0000-01-01");
}

TEST_CASE("durations are told in the units that matter") {
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(850) == "850 ms");
  CHECK(duration_text(999) == "999 ms");
  CHECK(duration_text(1000) == "1.0 s");
  CHECK(duration_text(12'345) == "12.3 s");
  CHECK(duration_text(59'999) == "59.9 s");
  CHECK(duration_text(60'000) == "1 min");
  CHECK(duration_text(245'000) == "4 min 5 s");
  CHECK(duration_text(2 * hour + 3 * minute + 59 * second) == "2 h 3 min");
  CHECK(duration_text(24 * hour) == "24 h");
  CHECK(duration_text(100 * hour) == "4 days 4 h");
  CHECK(duration_text(-5) == "0 ms");
}

TEST_CASE("the machine's clock is past the day this was written") {
  CHECK(system_now() > Timestamp{1'700'000'000'000});
}
