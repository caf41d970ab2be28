#include <mlops/formats/csv.hpp>

#include <catch2/catch.hpp>

#include <fstream>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats {
namespace {

namespace fs = std::filesystem;

using Columns = std::vector<domain::ColumnSummary>;

std::optional<CsvSummary> summarise(std::string_view text, const std::string& name = "data.csv") {
  const TemporaryDirectory folder{fs::temp_directory_path(), "mlops-csv-test-"};
  const fs::path path = folder.path() / name;
  std::ofstream{path, std::ios::binary} << text;
  return summarise_csv(path);
}

TEST_CASE("a table has its rows counted and its columns typed") {
  const auto summary = summarise(
      "id,score,active,name,notes\n"
      "1,0.5,true,\"Doe, Jane\",\n"
      "2,1,FALSE,\"two\nlines\",\n");
  REQUIRE(summary);
  CHECK(summary->rows == 2);
  CHECK(summary->columns ==
        Columns{{"id", "integer"}, {"score", "number"}, {"active", "boolean"}, {"name", "text"}, {"notes", "empty"}});
}

// csv_summaries.json is what Python's csv module found, see csv_summaries.py beside it.
TEST_CASE("every text is read as Python's csv module reads it") {
  const fs::path oracle = fs::path{MLOPS_ORACLES} / "csv_summaries.json";
  const Json cases = parse_json(read_file(oracle), oracle.string());
  REQUIRE(cases.as_array().size() > 100);
  for (const Json& example : cases.as_array()) {
    const std::string& text = example.at("text").as_string();
    CAPTURE(text);
    const auto found = summarise(text);
    const Json& expected = example.at("summary");
    REQUIRE(found.has_value() == !expected.is_null());
    if (!found) continue;
    CHECK(found->rows == expected.at("rows").as_integer());
    Columns columns;
    for (const Json& column : expected.at("columns").as_array()) {
      columns.push_back({column.as_array().at(0).as_string(), column.as_array().at(1).as_string()});
    }
    CHECK(found->columns == columns);
  }
}

TEST_CASE("a byte order mark is no part of the first name") {
  const auto summary = summarise("\xEF\xBB\xBF\"a\",b\n1,2\n");
  REQUIRE(summary);
  CHECK(summary->columns == Columns{{"a", "integer"}, {"b", "integer"}});
}

TEST_CASE("the delimiter is the one of the first row") {
  CHECK(summarise("a;\"b,c\"\n1;2,5\n")->columns == Columns{{"a", "integer"}, {"b,c", "text"}});
  CHECK(summarise("a\tb\n1\t2\n")->columns == Columns{{"a", "integer"}, {"b", "integer"}});
  CHECK(summarise("a,b;c\n1,2\n")->columns == Columns{{"a", "integer"}, {"b;c", "integer"}});
  CHECK(summarise("a,b\tc\n1,2\t3\n", "data.TSV")->columns == Columns{{"a,b", "text"}, {"c", "integer"}});
}

TEST_CASE("what is no table of text has no summary") {
  CHECK_FALSE(summarise("a,b\n1,2\n", "data.txt"));
  CHECK_FALSE(summarise(""));
  CHECK_FALSE(summarise(std::string_view{"a,b\n1,\0\n", 8}));
  CHECK_FALSE(
      summarise(std::string_view{"\xFF\xFE"
                                 "a\0,\0b\0\n\0",
                                 10}));
  CHECK_FALSE(summarise("a,b\n1,\"open\n"));
  CHECK_FALSE(summarise("caf\xE9,b\n1,2\n"));
  CHECK_FALSE(summarise(std::string(2'000'000, ',')));
  CHECK_FALSE(summarise_csv(fs::temp_directory_path() / "."));
}

TEST_CASE("a table larger than any buffer is counted to its end") {
  std::string text = "n,text\n";
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ",\"quoted, " + std::to_string(i) + "\"\n";
  const auto summary = summarise(text);
  REQUIRE(summary);
  CHECK(summary->rows == 100'000);
  CHECK(summary->columns == Columns{{"n", "integer"}, {"text", "text"}});
}

TEST_CASE("a file that is not there is an error with its name") {
  CHECK_THROWS_WITH(summarise_csv("/nowhere/data.csv"), Catch::Contains("/nowhere/data.csv"));
}

}  // namespace
}  // namespace mlops::formats
