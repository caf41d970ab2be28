#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "civil.hpp"

namespace mlops {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads `text` from its front; each function takes what it names or nothing, and says whether it did.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_{text} {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `digits` decimal digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  // Any number of digits after the decimal point, at least one, of which three count.
  std::optional<int> fraction_in_milliseconds() {
    int value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
      if (digits < 3) value = value * 10 + (rest_[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }

 private:
  std::string_view rest_;
};

// Midnight of "2026-11-01".
std::optional<std::int64_t> parse_date(Cursor& cursor) {
  const auto year = cursor.number(4);
  if (!year || !cursor.take("-")) return std::nullopt;
  const auto month = cursor.number(2);
  if (!month || !cursor.take("-")) return std::nullopt;
  const auto day = cursor.number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return milliseconds_at(date);
}

// Milliseconds since midnight of "09:30:00.5"; a leap second has no place on this time line.
std::optional<std::int64_t> parse_time_of_day(Cursor& cursor) {
  const auto hour = cursor.number(2);
  if (!hour || *hour > 23 || !cursor.take(":")) return std::nullopt;
  const auto minute = cursor.number(2);
  if (!minute || *minute > 59 || !cursor.take(":")) return std::nullopt;
  const auto second = cursor.number(2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t milliseconds =
      *hour * milliseconds_per_hour + *minute * milliseconds_per_minute + *second * milliseconds_per_second;
  if (cursor.take(".")) {
    const auto fraction = cursor.fraction_in_milliseconds();
    if (!fraction) return std::nullopt;
    milliseconds += *fraction;
  }
  return milliseconds;
}

// How far the zone is ahead of UTC: 0 for none or "Z", else "+02:00".
std::optional<std::int64_t> parse_zone(Cursor& cursor) {
  if (cursor.at_end() || cursor.take("Zz")) return 0;
  const bool ahead = cursor.take("+");
  if (!ahead && !cursor.take("-")) return std::nullopt;
  const auto hours = cursor.number(2);
  if (!hours || *hours > 23 || !cursor.take(":")) return std::nullopt;
  const auto minutes = cursor.number(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::int64_t offset = *hours * milliseconds_per_hour + *minutes * milliseconds_per_minute;
  return ahead ? offset : -offset;
}

std::optional<Timestamp> parse_instant(std::string_view text) {
  Cursor cursor{text};
  const auto midnight = parse_date(cursor);
  if (!midnight) return std::nullopt;
  if (cursor.at_end()) return Timestamp{*midnight + milliseconds_per_day - 1};
  if (!cursor.take("Tt ")) return std::nullopt;
  const auto time = parse_time_of_day(cursor);
  if (!time) return std::nullopt;
  const auto offset = parse_zone(cursor);
  if (!offset || !cursor.at_end()) return std::nullopt;
  return Timestamp{*midnight + *time - *offset};
}

}  // namespace

std::optional<Timestamp> parse_time(std::string_view text, Timestamp now) {
  if (const auto instant = parse_instant(text)) return instant;
  const auto span = parse_time_span(text);
  std::int64_t before = 0;
  if (!span || __builtin_sub_overflow(now.milliseconds, *span, &before)) return std::nullopt;
  return Timestamp{before};
}

}  // namespace mlops
