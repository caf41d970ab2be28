// Rows that arrive piece by piece.
#include <mlops/formats/table_stream.hpp>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::formats;

namespace {

struct Streamed {
  std::vector<std::string> rows;  // "a=1|b=2", without what is missing
  bool is_whole = true;
};

const TableOptions stdin_options{.name = "stdin"};

// In pieces of so many bytes.
Streamed stream(const std::string& text, std::size_t piece, const TableOptions& options = stdin_options) {
  Streamed streamed;
  TableStream table{options, [&](const Columns& names, const RowBatch& batch) {
                      for (std::size_t row = 0; row < batch.rows; ++row) {
                        std::string line;
                        for (std::size_t i = 0; i < names.size(); ++i) {
                          const Cell& cell = batch.columns[i][row];
                          if (cell.kind == CellKind::missing) continue;
                          line += (line.empty() ? "" : "|") + names[i] + "=" + std::string{cell.text};
                        }
                        streamed.rows.push_back(line);
                      }
                    }};
  for (std::size_t at = 0; at < text.size(); at += piece) table.feed(std::string_view{text}.substr(at, piece));
  streamed.is_whole = table.finish();
  return streamed;
}

}  // namespace

TEST_CASE("a stream gives the same rows in whatever pieces it comes") {
  const std::string csv =
      "\xEF\xBB\xBF"
      "a;b\r\n1;\"x\r\ny\"\r\n\r\n;2\r\n3;\"say \"\"hi\"\"\"\r\n";
  const std::vector<std::string> rows{"a=1|b=x\r\ny", "b=2", "a=3|b=say \"hi\""};
  for (std::size_t piece = 1; piece <= csv.size(); ++piece) {
    INFO(piece);
    const Streamed streamed = stream(csv, piece);
    CHECK(streamed.rows == rows);
    CHECK(streamed.is_whole);
  }
  const std::string json = "\n{\"a\": 1}\n{\"b\": \"x\", \"a\": null}\n\n{\"c\": [1, 2]}\n";
  for (std::size_t piece = 1; piece <= json.size(); ++piece) {
    CHECK(stream(json, piece).rows == std::vector<std::string>{"a=1", "b=x", "c=[1, 2]"});
  }
}

TEST_CASE("the last row needs no line end, and one that was cut off is left out") {
  CHECK(stream("a,b\n1,2\n3,4", 3).rows == std::vector<std::string>{"a=1|b=2", "a=3|b=4"});
  CHECK(stream("a,b\n1,2\n3,4", 3).is_whole);
  for (const std::string text : {"a,b\n1,2\n3", "a,b\n1,2\n3,\"4"}) {
    CHECK(stream(text, 2).rows == std::vector<std::string>{"a=1|b=2"});
    CHECK_FALSE(stream(text, 2).is_whole);
  }
  CHECK(stream("{\"a\": 1}\n{\"a\": 2}", 4).rows == std::vector<std::string>{"a=1", "a=2"});
  CHECK(stream("{\"a\": 1}\n{\"a\": ", 4).rows == std::vector<std::string>{"a=1"});
  CHECK_FALSE(stream("{\"a\": 1}\n{\"a\": ", 4).is_whole);
  CHECK(stream("", 1).rows.empty());
  CHECK(stream("a,b\n", 1).rows.empty());
  CHECK(stream("a,b", 1).is_whole);
}

TEST_CASE("what is no table is refused as it comes") {
  CHECK_THROWS_AS(stream("{\"a\": 1}\nnonsense\n", 5), Error);
  CHECK_THROWS_AS(stream("a,b\n\xFF,1\n", 5), Error);
  TableOptions array = stdin_options;
  array.format = TableFormat::npy;
  CHECK_THROWS_AS(stream("a\n1\n", 5, array), Error);
}
