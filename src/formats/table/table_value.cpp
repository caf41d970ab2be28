#include <mlops/formats/table_value.hpp>

#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

constexpr auto type_names =
    std::to_array<std::string_view>({"empty", "integer", "number", "boolean", "date", "time", "text"});

bool equals_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

// Powers of ten that a double holds exactly: a product or quotient of two exact numbers is rounded once, correctly.
// Source: Clinger, "How to Read Floating Point Numbers Accurately" (1990).
constexpr auto exact_powers =
    std::to_array<double>({1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                           1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22});
constexpr std::uint64_t largest_exact = std::uint64_t{1} << 53;

Value general_figure(std::string_view text) {
  if (text.front() == '+') {
    text.remove_prefix(1);
    if (text.empty() || text.front() == '+' || text.front() == '-') return {ValueType::text, 0};
  }
  const bool is_negative = text.front() == '-';
  const std::string_view word = text.substr(is_negative ? 1 : 0);
  if (word.empty() || (!is_digit(word.front()) && word.front() != '.')) {
    if (!equals_word(word, "inf") && !equals_word(word, "infinity")) return {ValueType::text, 0};
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return {ValueType::number, is_negative ? -infinity : infinity};
  }
  double number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto result = std::from_chars(begin, end, number);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return {ValueType::text, 0};
  const bool is_integer = word.find_first_not_of("0123456789") == std::string_view::npos;
  if (result.ec == std::errc::result_out_of_range) {
    // As strtod does: nearly zero is zero, and what is too large is infinite.
    const auto exponent = word.find_first_of("eE");
    const bool is_tiny = exponent != std::string_view::npos && word.substr(exponent + 1).starts_with('-');
    const double magnitude = is_tiny ? 0.0 : std::numeric_limits<double>::infinity();
    number = is_negative ? -magnitude : magnitude;
  }
  return {is_integer ? ValueType::integer : ValueType::number, number};
}

// Most figures have few digits and no exponent, and are read here.
Value figure(std::string_view text) {
  constexpr std::size_t most_digits = 18;  // fit 64 bits
  const bool is_negative = text.front() == '-';
  const char* at = text.data() + (is_negative ? 1 : 0);
  const char* const end = text.data() + text.size();
  if (static_cast<std::size_t>(end - at) > most_digits + 1) return general_figure(text);
  std::uint64_t digits = 0;
  const char* const first = at;
  while (at != end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  if (at == end && at != first && at - first <= static_cast<std::ptrdiff_t>(most_digits)) {
    const auto number = static_cast<double>(digits);
    return {ValueType::integer, is_negative ? -number : number};
  }
  if (at == end || *at != '.') return general_figure(text);
  const char* const point = at++;
  while (at != end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  const auto decimals = static_cast<std::size_t>(at - point - 1);
  const bool has_digits = (point - first) + static_cast<std::ptrdiff_t>(decimals) > 0;
  if (at != end || !has_digits || digits > largest_exact) return general_figure(text);
  const double number = static_cast<double>(digits) / exact_powers.at(decimals);
  return {ValueType::number, is_negative ? -number : number};
}

// Cuts a number of exactly `count` digits off the front; -1 when there are fewer.
int take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return -1;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take_sign_of(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(int year, int month) {
  constexpr auto days = std::to_array<int>({31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31});
  return month == 2 && is_leap(year) ? 29 : days.at(static_cast<std::size_t>(month - 1));
}

// Days since 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t days_of(int year, int month, int day) {
  const std::int64_t before = year - 1;
  constexpr auto days_before =
      std::to_array<std::int64_t>({0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334});  // each month
  const std::int64_t of_years = before * 365 + before / 4 - before / 100 + before / 400 - 719'162;
  const std::int64_t leap_day = month > 2 && is_leap(year) ? 1 : 0;
  return of_years + days_before.at(static_cast<std::size_t>(month - 1)) + leap_day + day - 1;
}

// "Z", "+01:00", "-0330" or nothing, in minutes east of UTC; nullopt for anything else.
std::optional<int> zone_minutes(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take_sign_of(text, '+') && !take_sign_of(text, '-')) return std::nullopt;
  const int hours = take_number(text, 2);
  static_cast<void>(take_sign_of(text, ':'));
  const int minutes = text.empty() ? 0 : take_number(text, 2);
  if (hours < 0 || minutes < 0 || !text.empty() || hours > 23 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

// Milliseconds since midnight, UTC, of "09:30", "09:30:00.123+01:00"; nullopt for anything else.
std::optional<double> time_of_day(std::string_view text) {
  const int hour = take_number(text, 2);
  if (hour < 0 || !take_sign_of(text, ':')) return std::nullopt;
  const int minute = take_number(text, 2);
  int second = 0;
  double fraction = 0;
  if (take_sign_of(text, ':')) {
    second = take_number(text, 2);
    if (take_sign_of(text, '.')) {
      for (double unit = 100; !text.empty() && is_digit(text.front()); unit /= 10, text.remove_prefix(1)) {
        fraction += unit * (text.front() - '0');
      }
    }
  }
  const auto zone = zone_minutes(text);
  if (!zone || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  return ((hour * 60 + minute - *zone) * 60 + second) * 1000.0 + fraction;
}

constexpr std::size_t date_length = 10;

bool may_be_date(std::string_view text) { return text.size() >= date_length && text[4] == '-' && text[7] == '-'; }

std::optional<Value> moment(std::string_view text) {
  constexpr double day_milliseconds = 86'400'000;
  const int year = take_number(text, 4);
  const int month = take_sign_of(text, '-') ? take_number(text, 2) : -1;
  const int day = take_sign_of(text, '-') ? take_number(text, 2) : -1;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return std::nullopt;
  const double begin = static_cast<double>(days_of(year, month, day)) * day_milliseconds;
  if (text.empty()) return Value{ValueType::date, begin};
  if (!take_sign_of(text, 'T') && !take_sign_of(text, ' ') && !take_sign_of(text, 't')) return std::nullopt;
  const auto time = time_of_day(text);
  if (!time) return std::nullopt;
  return Value{ValueType::time, begin + *time};
}

std::string_view between_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view name_of(ValueType type) { return type_names.at(static_cast<std::size_t>(type)); }

std::optional<ValueType> value_type_named(std::string_view name) {
  for (std::size_t i = 0; i < type_names.size(); ++i) {
    if (type_names.at(i) == name) return static_cast<ValueType>(i);
  }
  return std::nullopt;
}

ValueType widened(ValueType column, ValueType value) {
  if (value == ValueType::empty || column == value) return column;
  if (column == ValueType::empty) return value;
  if (is_numeric(column) && is_numeric(value)) return ValueType::number;
  return is_temporal(column) && is_temporal(value) ? ValueType::time : ValueType::text;
}

bool accepts(ValueType column, ValueType value) {
  return column == ValueType::text || (column != ValueType::empty && widened(column, value) == column);
}

Value value_of(std::string_view text) {
  text = between_spaces(text);
  if (text.empty()) return {};
  switch (text.front()) {
    case 't':
    case 'T':
      return equals_word(text, "true") ? Value{ValueType::boolean, 1} : Value{ValueType::text, 0};
    case 'f':
    case 'F':
      return equals_word(text, "false") ? Value{ValueType::boolean, 0} : Value{ValueType::text, 0};
    case 'i':
    case 'I':
    case '+':
      return general_figure(text);
    default:
      break;
  }
  if (is_digit(text.front())) {
    if (may_be_date(text)) return moment(text).value_or(Value{ValueType::text, 0});
    return figure(text);
  }
  return text.front() == '-' || text.front() == '.' ? figure(text) : Value{ValueType::text, 0};
}

Value value_of(const Cell& cell) {
  if (cell.kind == CellKind::plain) return value_of(cell.text);
  if (cell.kind == CellKind::missing) return {};
  const std::string_view text = between_spaces(cell.text);
  if (may_be_date(text)) return moment(text).value_or(Value{ValueType::text, 0});
  return {ValueType::text, 0};
}

}  // namespace mlops::formats
