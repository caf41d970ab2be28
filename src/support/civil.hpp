// Days and times of day on the proleptic Gregorian calendar, in UTC.
#pragma once

#include <chrono>
#include <cstdint>

namespace mlops {

inline constexpr std::int64_t milliseconds_per_second = 1000;
inline constexpr std::int64_t milliseconds_per_minute = 60 * milliseconds_per_second;
inline constexpr std::int64_t milliseconds_per_hour = 60 * milliseconds_per_minute;
inline constexpr std::int64_t milliseconds_per_day = 24 * milliseconds_per_hour;

constexpr std::int64_t milliseconds_at(std::chrono::year_month_day date) {
  return std::chrono::sys_days{date}.time_since_epoch().count() * milliseconds_per_day;
}

// RFC 3339 has four digits for the year.
inline constexpr std::int64_t first_millisecond = milliseconds_at(std::chrono::year{0} / 1 / 1);
inline constexpr std::int64_t last_millisecond = milliseconds_at(std::chrono::year{10000} / 1 / 1) - 1;

}  // namespace mlops
