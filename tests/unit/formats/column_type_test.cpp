#include "table/column_type.hpp"

#include <catch2/catch.hpp>

namespace mlops::formats {
namespace {

TEST_CASE("a value is as narrow as it can be") {
  for (const char* value : {"0", "-12", "+7", "007", " 42 ", "123456789012345678901234567890"}) {
    CAPTURE(value);
    CHECK(type_of_value(value) == ColumnType::integer);
  }
  for (const char* value : {"1.5", ".5", "5.", "-1e9", "1E-3", "1.e+2"}) {
    CAPTURE(value);
    CHECK(type_of_value(value) == ColumnType::number);
  }
  for (const char* value : {"true", "FALSE", "True"}) {
    CAPTURE(value);
    CHECK(type_of_value(value) == ColumnType::boolean);
  }
  for (const char* value : {"-", ".", "1e", "e5", "1 2", "0x10", "1,5", "nan", "inf", "NA", "truex", "2026-11-01"}) {
    CAPTURE(value);
    CHECK(type_of_value(value) == ColumnType::text);
  }
  CHECK(type_of_value("") == ColumnType::empty);
  CHECK(type_of_value("  ") == ColumnType::empty);
}

TEST_CASE("a column widens from integer to number, and from any mixture to text") {
  CHECK(widened(ColumnType::empty, ColumnType::integer) == ColumnType::integer);
  CHECK(widened(ColumnType::integer, ColumnType::empty) == ColumnType::integer);
  CHECK(widened(ColumnType::integer, ColumnType::number) == ColumnType::number);
  CHECK(widened(ColumnType::number, ColumnType::integer) == ColumnType::number);
  CHECK(widened(ColumnType::boolean, ColumnType::integer) == ColumnType::text);
  CHECK(widened(ColumnType::text, ColumnType::integer) == ColumnType::text);
}

}  // namespace
}  // namespace mlops::formats
