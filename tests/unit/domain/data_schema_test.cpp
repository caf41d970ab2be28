#include <mlops/domain/data_schema.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::domain;

namespace {

constexpr std::string_view whole = R"(# What orders should hold.

[table]
min_rows = 10
max_rows = 1000
new_columns = true
key = ["shop", "id"]
rules = ["start <= end", "`unit price` > 0"]

[column.shop]
type = "text"
max_missing = 0
categories = ["north", "south"]

[column.id]
type = "integer"
max_missing = 0.25
min = 1
max = 1000000
unique = true

[column."unit price"]
type = "number"
min = -0.5
infinite = true

[column.start]
type = "date"
min = "2020-01-01"

[column.end]
type = "date"
optional = true
max_age = "7d"

[column.code]
type = "text"
min_length = 2
max_length = 8
pattern = '[A-Z]\d{3}'
)";

std::string mistakes(std::string_view text) {
  try {
    parse_data_schema(text, "s.toml");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    std::string all = error.message();
    for (const std::string& line : error.context()) all += "\n" + line;
    return all;
  }
  return "none";
}

}  // namespace

TEST_CASE("a schema is read and written back as it was") {
  const DataSchema schema = parse_data_schema(whole, "s.toml");
  CHECK(schema.columns.size() == 6);
  CHECK(schema.find("id")->max == "1000000");
  CHECK(schema.find("unit price")->min == "-0.5");
  CHECK(schema.rules[1].left.text == "unit price");
  SchemaNotes notes;
  notes.heading = {"What orders should hold."};
  CHECK(to_toml(schema, notes) == whole);
}

TEST_CASE("notes stand as comments, and long lists one item a line") {
  ColumnSchema column;
  column.name = "a b";
  column.type = "text";
  column.categories = std::vector<std::string>(12, "category");
  DataSchema schema;
  schema.columns.push_back(column);
  SchemaNotes notes;
  notes.columns["a b"] = {"min = 1"};
  const std::string text = to_toml(schema, notes);
  CHECK(text.find("[column.\"a b\"]\n# min = 1\ntype = \"text\"\n") != std::string::npos);
  CHECK(text.find("categories = [\n  \"category\",\n") != std::string::npos);
  CHECK(parse_data_schema(text, "s.toml").find("a b")->categories.size() == 12);
}

TEST_CASE("texts are spelled so that TOML reads them back") {
  CHECK(toml_text("plain") == "\"plain\"");
  CHECK(toml_text("a\\d") == "'a\\d'");
  CHECK(toml_text("it's \"so\"") == R"("it's \"so\"")");
  CHECK(toml_text("a\nb") == "\"a\\u000Ab\"");
  for (const std::string text : {"\\", "'\\\"", "ö\t", "", "'"}) {
    const std::string file = "[column.x]\npattern = \"\"\ncategories = [" + toml_text(text) + "]\n";
    CHECK(parse_data_schema(file, "s.toml").columns[0].categories[0] == text);
  }
}

TEST_CASE("every mistake of a schema is told with its line") {
  CHECK(mistakes("[column.a]\ntyp = \"text\"\n") == "s.toml:2: [column.a]: unknown key `typ`, did you mean `type`?");
  CHECK(mistakes("[column.a]\ntype = \"int\"\n").starts_with("s.toml:2: [column.a]: unknown type `int`"));
  CHECK(mistakes("[column.a]\nmax_missing = 5\n") ==
        "s.toml:2: [column.a]: `max_missing` must be a share between 0 and 1");
  CHECK(mistakes("[column.a]\ncategories = []\n").find("must be an array with the values") != std::string::npos);
  CHECK(mistakes("[column.a]\npattern = '('\n").find("`(` is not a pattern: a `(` without its `)`") !=
        std::string::npos);
  CHECK(mistakes("[column.a]\ntype = \"date\"\nmax_age = \"2026-01-01\"\n").find("must be a span") !=
        std::string::npos);
  CHECK(mistakes("[column.a]\nmax_age = \"7d\"\n").find("needs the type") != std::string::npos);
  CHECK(mistakes("[column.a]\nmin_length = 5\nmax_length = 4\n") ==
        "s.toml:3: [column.a]: `max_length` is below its other end");
  CHECK(mistakes("[table]\nkey = [\"ab\"]\nrules = [\"ax < 1\", \"<\"]\n[column.aa]\n[tables]\n") ==
        "s.toml:2: [table]: no column `ab` is described here, did you mean `aa`?\n"
        "s.toml:3: [table]: no column `ax` is described here, did you mean `aa`?\n"
        "s.toml:3: [table]: `<` is not a rule: a side of it is missing (a rule compares two columns, or one with a "
        "value: "
        "\"start <= end\", \"price > 0\", \"`unit price` < 1e6\", \"state != 'gone'\")\n"
        "s.toml:5: the file: unknown key `tables`, did you mean `table`?");
  CHECK(mistakes("") == "none");
}

TEST_CASE("a rule compares columns with each other or with a value") {
  const RowRule rule = parse_row_rule("start <= end");
  CHECK(rule.left.is_column);
  CHECK(rule.left.text == "start");
  CHECK(rule.comparison == Comparison::less_equal);
  CHECK(rule.right.text == "end");
  CHECK_FALSE(parse_row_rule("price>-1e3").right.is_column);
  CHECK(parse_row_rule("price>-1e3").right.text == "-1e3");
  CHECK(parse_row_rule("state != 'gone = lost'").right.text == "gone = lost");
  CHECK(parse_row_rule("`a < b` == \"x\"").left.text == "a < b");
  CHECK(parse_row_rule("unit price < 3").left.text == "unit price");
  for (const char* text : {"", "a", "a <", "< a", "a = b", "a <= b c < d", "1 < 2", "'a < b", "a < 'b' c"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_row_rule(text), Error);
  }
}
