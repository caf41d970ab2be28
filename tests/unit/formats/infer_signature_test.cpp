#include <mlops/formats/infer_signature.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/signature.hpp>
#include <mlops/support/error.hpp>

namespace mlops::formats {
namespace {

// "name dtype shape", with `?` after a name that may be left out.
std::vector<std::string> inputs(std::string_view example, std::string_view name = "example") {
  std::vector<std::string> texts;
  for (const domain::Port& port : infer_signature(MemorySource{example}, name).inputs) {
    std::string text = port.name + (port.required ? " " : "? ") + port.dtype;
    if (port.shape) text += " " + to_line(Json{*port.shape});
    texts.push_back(text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("a table has columns with types") {
  CHECK(inputs("age,income,member,city\n1,2.5,true,Bonn\n2,3,false,Köln\n") ==
        Texts{"age int64", "income float64", "member bool", "city string"});
  CHECK(inputs("a,b\tc\n1,2\t3\n", "x.TSV") == Texts{"a,b string", "c int64"});
}

TEST_CASE("records, and tables as pandas splits them") {
  CHECK(inputs(R"([{"age": 1, "city": "Bonn"}, {"age": 2.5, "city": null, "x": [1, 2]}])") ==
        Texts{"age float64", "city? string", "x? int64 [null]"});
  CHECK(inputs(R"({"columns": ["age", 7], "data": [[1, true], [2, false]]})") == Texts{"age int64", "7 bool"});
  CHECK(inputs(R"({"dataframe_split": {"index": [0], "columns": ["a"], "data": [["x"]]}})") == Texts{"a string"});
  CHECK(inputs(R"({"dataframe_records": [{"a": 1}]})") == Texts{"a int64"});
  CHECK(inputs(R"({"age": 1, "income": NaN})") == Texts{"age int64", "income? "});
  CHECK(inputs(R"([{"a": 1}, {"a": "x"}])") == Texts{"a any"});
}

TEST_CASE("tensors are lists of lists, the first of which counts examples") {
  CHECK(inputs("[[1, 2, 3], [4, 5, 6.5]]") == Texts{" float64 [null, 3]"});
  CHECK(inputs(R"({"inputs": {"ids": [[1, 2]], "mask": [[true, false]]}})") ==
        Texts{"ids int64 [null, 2]", "mask bool [null, 2]"});
  CHECK(inputs(R"({"instances": [[1], [1, 2]]})") == Texts{" int64 [null, null]"});
  CHECK(inputs(R"({"a": [1, 2], "b": ["x"]})") == Texts{"a int64 [null]", "b string [null]"});
  CHECK(inputs(R"({"inputs": ["text", "more"]})") == Texts{" string [null]"});
}

TEST_CASE("what shows no input is refused by name") {
  const auto refuses = [](std::string_view example, const std::string& message) {
    CAPTURE(example);
    CHECK_THROWS_WITH(inputs(example), Catch::Contains(message));
  };
  refuses("", "example: an input example is CSV with a header and rows, JSON, or an array of numpy");
  refuses("a,b\n", "example: an input example is");
  refuses("[]", "example: an empty list shows nothing");
  refuses("{}", "example: an example is a list or an object that holds something");
  refuses("[1, [2]]", "nested unevenly");
  refuses(R"([{"a": 1}, 2])", "example: a list of which some items are objects and some are not");
  refuses(R"({"columns": ["a"], "data": [[1, 2]]})", "more or fewer values");
  refuses("[1", "example:1:3: ");
}

}  // namespace
}  // namespace mlops::formats
