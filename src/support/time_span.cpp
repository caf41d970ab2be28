#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "civil.hpp"

namespace mlops {

namespace {

struct Unit {
  std::string_view letter;
  std::string_view shortened;
  std::string_view name;  // its plural
  std::int64_t milliseconds;

  [[nodiscard]] bool is_called(std::string_view word) const {
    return word == letter || word == shortened || word == name || word == name.substr(0, name.size() - 1);
  }
};

constexpr auto units = std::to_array<Unit>({{"s", "sec", "seconds", milliseconds_per_second},
                                            {"m", "min", "minutes", milliseconds_per_minute},
                                            {"h", "h", "hours", milliseconds_per_hour},
                                            {"d", "d", "days", milliseconds_per_day},
                                            {"w", "w", "weeks", 7 * milliseconds_per_day}});

struct Parts {
  std::string_view number;
  std::string_view unit;
};

Parts parts_of(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  return {text.substr(0, digits), trim(text.substr(digits))};
}

}  // namespace

std::optional<std::int64_t> parse_time_span(std::string_view text) {
  const Parts parts = parts_of(text);
  const auto number = parse_double(parts.number);
  const auto unit = std::ranges::find_if(units, [&](const Unit& each) { return each.is_called(parts.unit); });
  if (!number || unit == units.end()) return std::nullopt;
  // As far as a double tells whole milliseconds, some 285,000 years.
  constexpr double longest = 9e15;
  const double span = std::round(*number * static_cast<double>(unit->milliseconds));
  return span <= longest ? std::optional{static_cast<std::int64_t>(span)} : std::nullopt;
}

std::string time_span_hint(std::string_view text) {
  std::vector<std::string> names;
  for (const Unit& unit : units) names.emplace_back(unit.name);
  const Parts parts = parts_of(text);
  if (parts.number.empty()) return "such as `30d`, `36h`, `90m` or `2 weeks`";
  if (const auto near = near_miss(parts.unit, names)) return fmt::format("did you mean `{}`?", *near);
  return fmt::format("the units are {}, such as `30d`, `36h` or `2 weeks`", join(names, ", "));
}

}  // namespace mlops
