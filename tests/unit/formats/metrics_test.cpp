#include <mlops/formats/metrics.hpp>

#include <catch2/catch.hpp>

#include <fstream>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::formats {
namespace {

Error metrics_error(std::string_view text) {
  try {
    parse_metrics(text, "metrics.json");
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error{"no error was thrown"};
}

TEST_CASE("metrics are numbers, nested ones joined by dots") {
  CHECK(parse_metrics(R"({"accuracy": 0.95, "n": 114, "test": {"auc": 0.99, "by": {"女": 1e-3}}, "none": {}})",
                      "m.json") ==
        domain::Metrics{{"accuracy", 0.95}, {"n", 114}, {"test.auc", 0.99}, {"test.by.女", 0.001}});
  CHECK(parse_metrics("{}", "m.json").empty());
}

TEST_CASE("what is no metric is refused by file, name and kind") {
  CHECK(metrics_error(R"({"a": {"b": "0.9"}})").message() == "metrics.json: metric `a.b` is text, not a number");
  CHECK(metrics_error(R"({"a": null})").message() == "metrics.json: metric `a` is null, not a number");
  CHECK(metrics_error(R"({"a": true})").message() == "metrics.json: metric `a` is true, not a number");
  CHECK(metrics_error(R"({"a": [1]})").message() == "metrics.json: metric `a` is a list, not a number");
  CHECK(metrics_error(R"({"a.b": 1, "a": {"b": 2}})").message() == "metrics.json: metric `a.b` is given twice");
  CHECK(metrics_error("[1]").message() == "metrics.json: metrics must be a JSON object, and this is a list");
  for (const char* text :
       {R"({"a": 1, "a": 2})", R"({"": 1})", R"({"a=b": 1})", R"({"-a": 1})", R"({"a": 1e999})", "{", ""}) {
    CAPTURE(text);
    CHECK(metrics_error(text).kind() == ErrorKind::usage);
  }
}

TEST_CASE("what Python writes for NaN and infinity is explained") {
  for (const char* text : {R"({"loss": NaN})", R"({"loss": Infinity})", R"({"loss": -Infinity})"}) {
    const Error error = metrics_error(text);
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.message(), Catch::StartsWith("metrics.json:1:"));
    REQUIRE_FALSE(error.hints().empty());
    CHECK_THAT(error.hints().back(), Catch::Contains("finite numbers"));
  }
}

TEST_CASE("params are numbers, text, truth and lists of these") {
  const auto params =
      parse_params(R"({"lr": 0.1, "depth": 3, "fast": true, "opt": {"name": "adam", "betas": [0.9, 1]}})", "p.json");
  CHECK(params ==
        domain::Params{
            {"lr", 0.1}, {"depth", 3}, {"fast", true}, {"opt.name", "adam"}, {"opt.betas", Json::array({0.9, 1})}});
  CHECK_THROWS_WITH(parse_params(R"({"a": {"b": null}})", "p.json"),
                    "p.json: param `a.b` is null, not a number, text, true or false");
  CHECK_THROWS_WITH(parse_params(R"({"a": [1, [2]]})", "p.json"),
                    "p.json: param `a` is a list that holds more than numbers, text, true and false");
  CHECK_THROWS_WITH(parse_params("3", "p.json"), "p.json: params must be a JSON object, and this is a number");
}

TEST_CASE("files are named in their errors") {
  const TemporaryDirectory folder{std::filesystem::temp_directory_path(), "mlops-metrics-test-"};
  const auto path = folder.path() / "m.json";
  std::ofstream{path} << R"({"a": 1})";
  CHECK(read_metrics(path) == domain::Metrics{{"a", 1}});
  CHECK(read_params(path) == domain::Params{{"a", 1}});
  std::ofstream{path} << R"({"a": "x"})";
  CHECK_THROWS_WITH(read_metrics(path), Catch::StartsWith(path.string() + ": metric `a`"));
  CHECK_THROWS_WITH(read_metrics(folder.path() / "none.json"), Catch::Contains("none.json"));
}

}  // namespace
}  // namespace mlops::formats
