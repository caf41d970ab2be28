#include <mlops/formats/table.hpp>

#include <cmath>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

#include "table/csv_rows.hpp"
#include "table/table_chunks.hpp"

using namespace mlops;
using namespace mlops::formats;

namespace {

// Every row as "column=text", with "-" for a missing cell and quotes around texts of JSON.
struct Read {
  TableFacts facts;
  std::vector<std::string> rows;
};

Read read(std::string_view text, TableOptions options = {.name = "t.csv"}) {
  Read result;
  const MemorySource source{text};
  result.facts = read_table(source, options, [&](const Columns& columns, const RowBatch& batch) {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      std::string line;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const Cell& cell = batch.columns[i][row];
        const std::string quote = cell.kind == CellKind::text ? "'" : "";
        const std::string shown = cell.kind == CellKind::missing ? "-" : quote + std::string{cell.text} + quote;
        line += (i == 0 ? "" : " ") + columns[i] + "=" + shown;
      }
      result.rows.push_back(line);
    }
  });
  return result;
}

using Rows = std::vector<std::string>;

std::string message_of(std::string_view text, const TableOptions& options = {.name = "t.csv"}) {
  try {
    read(text, options);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return "none";
}

// Without a header.
std::uint64_t rows_of(const std::string& text) {
  const auto parser = make_csv_parser("t.csv", ',', {"a"});
  Chunk chunk;
  chunk.bytes = text;
  return parser->parse(chunk, [](const Columns&, const RowBatch&) {}).rows;
}

const TableOptions jsonl{.name = "t.jsonl"};

}  // namespace

TEST_CASE("CSV is read with its habits: quotes, line breaks between them, both line ends, a mark, empty lines") {
  const Read table = read("\xEF\xBB\xBF\r\na,b\r\n1,\"x, y\"\r\n\r\n2,\"say \"\"hi\"\"\"\n\n3,\"two\nlines\"\n");
  CHECK(table.facts.columns == Columns{"a", "b"});
  CHECK(table.rows == Rows{"a=1 b=x, y", "a=2 b=say \"hi\"", "a=3 b=two\nlines"});
  CHECK(table.facts.rows == 3);
  CHECK(table.facts.delimiter == ',');
}

TEST_CASE("a file may end without a line end, and lines with a carriage return alone") {
  CHECK(read("a,b\n1,2").rows == Rows{"a=1 b=2"});
  CHECK(read("a,b\r1,2\r3,4\r").rows == Rows{"a=1 b=2", "a=3 b=4"});
  CHECK(read("a,b").facts.rows == 0);
}

TEST_CASE("the first row shows the delimiter, unless it is said") {
  CHECK(read("a;b;c,d\n1;2;3\n").facts.delimiter == ';');
  CHECK(read("a\tb\n1\t2\n").facts.delimiter == '\t');
  CHECK(read("a|b\n1|2\n").facts.delimiter == '|');
  CHECK(read("\"a;b;c\",d\n").facts.delimiter == ',');
  CHECK(read("a,b\n", {.name = "t.tsv"}).facts.columns == Columns{"a,b"});
  CHECK(read("a,b;c\n", {.name = "t.csv", .delimiter = ';'}).facts.columns == Columns{"a,b", "c"});
}

TEST_CASE("what stands for a missing value is missing, quoted or not") {
  CHECK(read("a,b\n,NA\nnull,\"\"\n  ,x\nNaN,None\nNAN,n/a\n").rows ==
        Rows{"a=- b=-", "a=- b=-", "a=- b=x", "a=- b=-", "a=NAN b=-"});
}

TEST_CASE("rows that are too short lack values, and what is beyond the header is left out") {
  const Read table = read("a,b\n1\n1,2,3\n4,5\n");
  CHECK(table.rows == Rows{"a=1 b=-", "a=1 b=2", "a=4 b=5"});
  CHECK(table.facts.short_rows == 1);
  CHECK(table.facts.long_rows == 1);
}

TEST_CASE("columns can be told apart") {
  CHECK(read("a,a,,a.1,a\n").facts.columns == Columns{"a", "a.1", "column 3", "a.1.1", "a.2"});
}

TEST_CASE("a quote inside a field is a character like others") {
  CHECK(read("a,b\n5\" pipe,2\n\"1\"2,3\n").rows == Rows{"a=5\" pipe b=2", "a=12 b=3"});
}

TEST_CASE("what is no UTF-8 is said with its place, and not guessed") {
  CHECK(message_of("a,b\n1,K\xF6ln\n") == "t.csv: not UTF-8 at byte 7");
  CHECK(message_of("a\n\xE6\x9D") == "t.csv: not UTF-8 at byte 2");
  CHECK(message_of("\xFF\xFE"
                   "a") == "t.csv is UTF-16, not UTF-8");
  CHECK(message_of(std::string_view{"a\n1\0\n", 5}) == "t.csv: a zero byte, so it is no text in UTF-8 at byte 3");
  CHECK(message_of("a,b\n1,\"x\n2,y\n") == "t.csv: quotes that never close, in the row at byte 4");
  CHECK(message_of("") == "t.csv is empty: it has no header");
  CHECK(read("a\n東京\n").rows == Rows{"a=東京"});
}

TEST_CASE("JSON Lines have the columns of all their keys") {
  const Read table =
      read("{\"a\": 1, \"b\": \"x\"}\n\n{\"b\": \"5\", \"c\": [1, {\"d\": \"]\"}]}\n{}\n{\"a\": null, \"b\": true}\n",
           jsonl);
  CHECK(table.facts.columns == Columns{"a", "b", "c"});
  CHECK(table.rows == Rows{"a=1 b='x' c=-", "a=- b='5' c='[1, {\"d\": \"]\"}]'", "a=- b=- c=-", "a=- b=true c=-"});
}

TEST_CASE("texts of JSON are read without their escapes") {
  CHECK(read(R"({"a": "q\"\\\/\n\u00e9\uD83D\uDE00"})", jsonl).rows == Rows{"a='q\"\\/\né😀'"});
}

TEST_CASE("lines that are no JSON objects are refused with their place") {
  CHECK(message_of("{\"a\": 1}\n[1]\n", jsonl) == "t.jsonl: no object at byte 9");
  CHECK(message_of("{\"a\": 01}\n", jsonl) == "t.jsonl: neither a text, a number, true, false nor null at byte 8");
  CHECK(message_of("{\"a\": 1, \"a\": 2}\n", jsonl) == "t.jsonl: the same key twice at byte 12");
  CHECK(message_of("{\"a\": \"x\n\"}\n", jsonl) == "t.jsonl: a control character in a text at byte 8");
  CHECK(message_of("{\"a\": \"\\uD800\"}\n", jsonl) == "t.jsonl: half of a pair of surrogates at byte 13");
  CHECK(message_of("{\"a\": 1", jsonl) == "t.jsonl: an object that does not end at byte 7");
  CHECK(message_of("{\"a\": [1}}\n", jsonl) == "t.jsonl: a bracket that closes another kind at byte 9");
}

TEST_CASE("rows are the same however the file is cut, and each has its number") {
  std::string text = "id,note\n";
  for (int i = 1; i <= 200'000; ++i) {
    text += std::to_string(i) + (i % 3 == 0 ? ",\"a \"\"quoted\"\"\nnote, long enough\"\r\n" : ",5\" plain note\n");
  }
  const MemorySource source{text};
  std::vector<std::vector<std::pair<std::string, std::pair<std::size_t, std::size_t>>>> seen(3);
  std::vector<RowVisitor> visitors;
  for (auto& rows : seen) {
    visitors.emplace_back([&rows](const Columns&, const RowBatch& batch) {
      for (std::size_t row = 0; row < batch.rows; ++row) {
        rows.emplace_back(batch.columns[0][row].text, std::pair{batch.chunk, batch.row_in_chunk + row});
      }
    });
  }
  const TableFacts facts = read_table(source, {.name = "t.csv"}, visitors);
  CHECK(facts.rows == 200'000);
  CHECK(facts.short_rows + facts.long_rows == 0);
  CHECK(facts.chunk_begins.size() > 2);
  std::size_t right = 0;
  for (const auto& rows : seen) {
    CHECK(!rows.empty());
    for (const auto& [id, place] : rows)
      right += std::to_string(facts.row_number(place.first, place.second)) == id ? 1 : 0;
  }
  CHECK(right == 200'000);
}

TEST_CASE("the first error of a file is told, whichever thread meets one first") {
  std::string text = "a\n";
  while (text.size() < (9u << 20)) text += "1234567\n";
  text[3u << 20] = '\xFF';
  text[7u << 20] = '\xFF';
  std::vector<RowVisitor> visitors(4, [](const Columns&, const RowBatch&) {});
  const MemorySource source{text};
  for (int i = 0; i < 3; ++i)
    CHECK_THROWS_WITH(read_table(source, {.name = "t.csv"}, visitors), Catch::Contains("byte 3145728"));
}

// csv_summaries.json is what Python's csv module found, see csv_summaries.py beside it.
TEST_CASE("every text of CSV has the rows that Python's csv module finds, wherever it is cut") {
  const std::filesystem::path oracle = std::filesystem::path{MLOPS_ORACLES} / "csv_summaries.json";
  const Json cases = parse_json(read_file(oracle), oracle.string());
  for (const Json& example : cases.as_array()) {
    const std::string& text = example.at("text").as_string();
    const Json& expected = example.at("summary");
    CAPTURE(text);
    const TableOptions commas{.name = "t.csv", .delimiter = ','};
    if (expected.is_null()) {
      CHECK(message_of(text, commas) != "none");
      continue;
    }
    const Read table = read(text, commas);
    CHECK(table.facts.rows == static_cast<std::uint64_t>(expected.at("rows").as_integer()));
    CHECK(table.facts.columns.size() == expected.at("columns").as_array().size());
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const std::size_t cut = complete_rows(std::string_view{text}.substr(0, size), ',');
      CHECK(rows_of(text) == rows_of(text.substr(0, cut)) + rows_of(text.substr(cut)));
    }
  }
}

TEST_CASE("complete rows end outside quotes") {
  CHECK(complete_rows("1,2\n3,", ',') == 4);
  CHECK(complete_rows("1,\"a\nb", ',') == 0);
  CHECK(complete_rows("1,\"a\nb\"\n2", ',') == 8);
  CHECK(complete_rows("1,\"a\"\"\n\"\n2", ',') == 9);
  CHECK(complete_rows("5\" pipe\n6", ',') == 8);
  CHECK(complete_rows("1\r\"a\rb\"", ',') == 2);
  CHECK(complete_rows("1,2\r", ',') == 0);
  CHECK(complete_rows("{\"a\": \"\n", std::nullopt) == 8);
}

namespace {

// numpy.save of an array: version 1.0, the header filled up to 128 bytes.
template <typename T>
std::string npy(const std::string& descr, bool is_fortran, const std::string& shape, const std::vector<T>& values) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + (is_fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  std::string bytes = std::string{"\x93NUMPY\x01\x00\x76\x00", 10} + header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return bytes;
}

const TableOptions npy_file{.name = "t.npy"};

}  // namespace

TEST_CASE("arrays of NumPy are tables, in either order of their elements") {
  const std::vector<double> values{1, 2.5, 3, -4, 5, 1e300};
  CHECK(read(npy("<f8", false, "(3, 2)", values), npy_file).rows == Rows{"0=1 1=2.5", "0=3 1=-4", "0=5 1=1e+300"});
  CHECK(read(npy("<f8", true, "(3, 2)", values), npy_file).rows == Rows{"0=1 1=-4", "0=2.5 1=5", "0=3 1=1e+300"});
  CHECK(read(npy("<i4", false, "(2,)", std::vector<std::int32_t>{7, -8}), npy_file).rows == Rows{"0=7", "0=-8"});
  CHECK(read(npy(">u2", false, "(1,)", std::vector<std::uint16_t>{0x0100}), npy_file).rows == Rows{"0=1"});
  CHECK(read(npy("|b1", false, "(2,)", std::vector<std::int8_t>{0, 1}), npy_file).rows == Rows{"0=false", "0=true"});
  // 0x3C00 is 1, 0xC500 is -5, 0x0001 is 2^-24, 0x7E00 is not a number.
  CHECK(read(npy("<f2", false, "(4,)", std::vector<std::uint16_t>{0x3C00, 0xC500, 1, 0x7E00}), npy_file).rows ==
        Rows{"0=1", "0=-5", "0=5.960464477539063e-08", "0=-"});
}

TEST_CASE("arrays that are no tables are refused") {
  const std::vector<double> values{1, 2};
  CHECK(
      message_of(npy("<f8", false, "(1, 1, 2)", values), npy_file) ==
      "t.npy: an array of float64 with 3 axes is no table: it takes booleans, integers or floats, and one or two axes");
  CHECK(message_of(npy("<f8", false, "(3,)", values), npy_file) == "t.npy: the file ends before the array does");
  CHECK(message_of(npy("<f8", false, "(3, 0)", values), npy_file) == "t.npy: 0 columns");
}

TEST_CASE("a file of predictions is loaded by the names of its columns") {
  const MemorySource source{"y_true,y_pred,score,group\n1,1,0.9,a\n0,1,0.6,\ntrue,NA,inf,b\n"};
  const Table table = load_table(source, {.name = "p.csv"}, {.columns = {"y_pred", "score", "group", "y_true"}});
  CHECK(table.rows == 3);
  const Texts& groups = table.at("group").texts;
  CHECK(groups.size() == 3);
  CHECK(groups[0] == "a");
  CHECK(groups[1].empty());
  CHECK(groups[2] == "b");
  CHECK(table.at("group").missing == std::vector<bool>{false, true, false});
  CHECK(table.at("y_true").numbers() == std::vector<double>{1, 0, 1});
  CHECK(std::isnan(table.at("y_pred").numbers()[2]));
  CHECK(std::isinf(table.at("score").numbers()[2]));
  CHECK_THROWS_WITH(table.at("group").numbers(), "column `group`, row 1: `a` is not a number");
  CHECK_THROWS_WITH(table.at("scores"), "p.csv has no column `scores`");
  CHECK_THROWS_WITH(load_table(source, {.name = "p.csv"}, {.columns = {"y_prd"}}), "p.csv has no column `y_prd`");
  const Table some = load_table(source, {.name = "p.csv"}, {.columns = {"y_prd", "score"}, .may_lack = true});
  CHECK(some.columns.size() == 1);
  CHECK(some.rows == 3);
  CHECK(some.names == Columns{"y_true", "y_pred", "score", "group"});
  CHECK_THROWS_WITH(load_table(source, {.name = "p.csv"}, {.rows = 2}), "p.csv takes more than 2 rows in memory");
}

TEST_CASE("a key that turns up late is missing before") {
  const MemorySource source{"{\"a\": 1}\n{\"a\": 2, \"b\": 3}\n"};
  const Table table = load_table(source, jsonl);
  CHECK(table.at("b").missing == std::vector<bool>{true, false});
}
