#include <mlops/formats/table_value.hpp>

#include <cmath>
#include <cstdlib>

#include <catch2/catch.hpp>

using namespace mlops::formats;

namespace {

std::string_view type_of(std::string_view text) { return name_of(value_of(text).type); }

}  // namespace

TEST_CASE("a value tells by its text what it is") {
  for (const char* text : {"0", "-12", "+7", " 42 ", "123456789012345678901234567890"})
    CHECK(type_of(text) == "integer");
  for (const char* text : {"1.5", "-.5", "5.", "1e-3", "1E5", "inf", "-Infinity", "+inf"})
    CHECK(type_of(text) == "number");
  for (const char* text : {"true", "FALSE"}) CHECK(type_of(text) == "boolean");
  for (const char* text : {"2026-11-01", "2024-02-29", "0001-01-01"}) CHECK(type_of(text) == "date");
  for (const char* text :
       {"2026-11-01T09:30", "2026-11-01 09:30:00.25", "2026-11-01T09:30:00Z", "2026-11-01T09:30:00+01:00"})
    CHECK(type_of(text) == "time");
  for (const char* text : {"-", "+", ".", "1e", "1x", "--1", "+-1", "0x10", "1_000", "1,5", "2026-02-30", "2026-13-01",
                           "2026-11-01T25:00", "2026-11-01T", "yes", "truth", "infinite", "1 2"})
    CHECK(type_of(text) == "text");
  CHECK(type_of("") == "empty");
}

// What the C library makes of the same text.
TEST_CASE("numbers are the nearest ones to their text") {
  for (const char* text :
       {"0.1", "123.456", "9007199254740993", "0.30000000000000004", "1e22", "1e23", "4.9e-324",
        "179769313486231570000", "-0.000123456789012345678", "12345678901234567", "999999999999999999",
        "0.1234567890123456789", "2.2250738585072014e-308", "5e-400", "1e400"}) {
    INFO(text);
    CHECK(value_of(text).number == std::strtod(text, nullptr));
  }
}

// From Python's datetime.timestamp().
TEST_CASE("dates and times are milliseconds since 1970") {
  CHECK(value_of("1970-01-01").number == 0);
  CHECK(value_of("2026-11-01").number == 1793491200000);
  CHECK(value_of("2000-03-01").number == 951868800000);
  CHECK(value_of("1900-03-01").number == -2203891200000);
  CHECK(value_of("2026-11-01T09:30:00.25+01:00").number == 1793521800250);
  CHECK(value_of("1969-12-31 23:59").number == -60000);
}

TEST_CASE("a column takes the widest type of its values") {
  using enum ValueType;
  CHECK(widened(empty, integer) == integer);
  CHECK(widened(integer, number) == number);
  CHECK(widened(number, integer) == number);
  CHECK(widened(date, time) == time);
  CHECK(widened(integer, boolean) == text);
  CHECK(widened(date, integer) == text);
  CHECK(widened(boolean, empty) == boolean);
  CHECK(accepts(number, integer));
  CHECK_FALSE(accepts(integer, number));
  CHECK(accepts(time, date));
  CHECK(accepts(text, boolean));
  CHECK_FALSE(accepts(empty, text));
}

TEST_CASE("a text of JSON is no number, but may be a date") {
  CHECK(value_of(Cell{"5", CellKind::text}).type == ValueType::text);
  CHECK(value_of(Cell{"true", CellKind::text}).type == ValueType::text);
  CHECK(value_of(Cell{"2026-11-01", CellKind::text}).type == ValueType::date);
  CHECK(value_of(Cell{"5", CellKind::plain}).type == ValueType::integer);
}
