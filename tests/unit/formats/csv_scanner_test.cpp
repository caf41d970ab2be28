#include "table/csv_scanner.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace mlops::formats {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// Keeps what it is told.
class Recorder final : public CsvHandler {
 public:
  void on_field(std::string_view value) override { row_.emplace_back(value); }
  void on_row_end() override { rows.push_back(std::exchange(row_, {})); }
  Rows rows;

 private:
  std::vector<std::string> row_;
};

Rows scan(std::string_view text, std::size_t piece) {
  Recorder recorder;
  CsvScanner scanner{',', recorder};
  for (std::size_t at = 0; at < text.size(); at += piece) scanner.feed(text.substr(at, piece));
  CHECK(scanner.finish());
  return recorder.rows;
}

TEST_CASE("the rows are the same wherever the pieces are cut") {
  // list(csv.reader(io.StringIO(text, newline=""))) in Python 3.11, without its empty lists
  const std::string text = "a,b\r\n\r\n\"x\ny\",\"say \"\"hi\"\"\"\r\n\"1\"2,3\"4\",\n,\n\"\"\nlast,";
  const Rows expected{{"a", "b"}, {"x\ny", "say \"hi\""}, {"12", "3\"4\"", ""}, {"", ""}, {""}, {"last", ""}};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    CAPTURE(piece);
    CHECK(scan(text, piece) == expected);
  }
}

TEST_CASE("a text that ends between quotes is not complete") {
  Recorder recorder;
  CsvScanner scanner{',', recorder};
  scanner.feed("a,b\n1,\"open\n2,3\n");
  CHECK_FALSE(scanner.finish());
}

TEST_CASE("of an endless field only the beginning is kept") {
  Recorder recorder;
  CsvScanner scanner{',', recorder};
  scanner.feed("\"");
  for (int i = 0; i < 1000; ++i) scanner.feed(std::string(1000, 'x'));
  scanner.feed("\",2\n");
  CHECK(scanner.finish());
  REQUIRE(recorder.rows.size() == 1);
  CHECK(recorder.rows[0][0] == std::string(CsvScanner::longest_kept_field, 'x'));
  CHECK(recorder.rows[0][1] == "2");
}

}  // namespace
}  // namespace mlops::formats
