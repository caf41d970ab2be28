#include <mlops/support/time.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "civil.hpp"

namespace mlops {

namespace {

struct Civil {
  int year;
  unsigned month;
  unsigned day;
  std::int64_t millisecond_of_day;
};

// Instants that RFC 3339 can't write become the nearest one that it can.
Civil civil(Timestamp at) {
  const std::int64_t instant = std::clamp(at.milliseconds, first_millisecond, last_millisecond);
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::milliseconds{instant});
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
          instant - day.count() * milliseconds_per_day};
}

std::string count_of(std::uint64_t count, std::string_view unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

// |a - b| without overflow.
std::uint64_t distance(std::int64_t a, std::int64_t b) {
  return a < b ? static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a)
               : static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
}

std::string in_two_units(std::int64_t large, std::string_view large_name, std::int64_t small,
                         std::string_view small_name) {
  const std::string text = fmt::format("{} {}", large, large_name);
  return small == 0 ? text : fmt::format("{} {} {}", text, small, small_name);
}

}  // namespace

Timestamp system_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::floor<std::chrono::milliseconds>(now).count()};
}

std::string rfc3339(Timestamp at) {
  const Civil time = civil(at);
  const std::int64_t second = time.millisecond_of_day / milliseconds_per_second;
  const std::int64_t millisecond = time.millisecond_of_day % milliseconds_per_second;
  const std::string seconds = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", time.year, time.month, time.day,
                                          second / 3600, second / 60 % 60, second % 60);
  return millisecond == 0 ? seconds + "Z" : fmt::format("{}.{:03}Z", seconds, millisecond);
}

std::string relative_time(Timestamp at, Timestamp now) {
  constexpr std::uint64_t minute = milliseconds_per_minute;
  constexpr std::uint64_t hour = milliseconds_per_hour;
  constexpr std::uint64_t day = milliseconds_per_day;
  const std::uint64_t apart = distance(at.milliseconds, now.milliseconds);
  if (apart < minute) return "just now";
  if (apart > 60 * day) return rfc3339(at).substr(0, 10);
  const std::string span = apart < hour  ? count_of(apart / minute, "minute")
                           : apart < day ? count_of(apart / hour, "hour")
                                         : count_of(apart / day, "day");
  return at < now ? span + " ago" : "in " + span;
}

std::string duration_text(std::int64_t milliseconds) {
  const std::int64_t time = std::max<std::int64_t>(milliseconds, 0);
  if (time < milliseconds_per_second) return fmt::format("{} ms", time);
  if (time < milliseconds_per_minute) return fmt::format("{}.{} s", time / 1000, time % 1000 / 100);
  if (time < milliseconds_per_hour) return in_two_units(time / 60'000, "min", time / 1000 % 60, "s");
  if (time < 2 * milliseconds_per_day) return in_two_units(time / 3'600'000, "h", time / 60'000 % 60, "min");
  return in_two_units(time / milliseconds_per_day, "days", time / 3'600'000 % 24, "h");
}

}  // namespace mlops
