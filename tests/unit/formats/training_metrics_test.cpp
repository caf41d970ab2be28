#include <mlops/formats/metrics.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::formats {
namespace {

RunMetrics read(std::string_view text, const domain::BestOf& best = {}) {
  return parse_run_metrics(text, "m.jsonl", best);
}

TEST_CASE("each line is a step, and the last value counts") {
  const auto read_back = read(
      "{\"step\": 1, \"auc\": 0.5, \"train\": {\"loss\": 2}}\n"
      "\n"
      "{\"step\": 2, \"auc\": 0.9}\r\n"
      "{\"step\": 3, \"auc\": 0.7}");
  CHECK(read_back.series == domain::Series{{"auc", {{1, 0.5}, {2, 0.9}, {3, 0.7}}}, {"train.loss", {{1, 2.0}}}});
  CHECK(read_back.metrics == domain::Metrics{{"auc", 0.7}, {"train.loss", 2}});
}

TEST_CASE("the best value counts where that is asked for") {
  const auto text = "{\"step\": 1, \"auc\": 0.5}\n{\"step\": 2, \"auc\": 0.9}\n{\"step\": 3, \"auc\": 0.7}\n";
  CHECK(read(text, {{"auc", domain::Goal::maximum}}).metrics == domain::Metrics{{"auc", 0.9}});
}

TEST_CASE("a line without a step has the last word") {
  const auto both = read("{\"auc\": 0.6, \"rows\": 3}\n{\"step\": 1, \"auc\": 0.9}\n");
  CHECK(both.metrics == domain::Metrics{{"auc", 0.6}, {"rows", 3}});
  CHECK(both.series == domain::Series{{"auc", {{1, 0.9}}}});
}

TEST_CASE("a training that went on from a checkpoint takes steps again") {
  const auto again = read("{\"step\": 1, \"loss\": 3}\n{\"step\": 2, \"loss\": 2}\n{\"step\": 2, \"loss\": 1}\n");
  CHECK(again.series == domain::Series{{"loss", {{1, 3.0}, {2, 1.0}}}});
}

TEST_CASE("one object is no series, unless it stands on a line and names a step") {
  CHECK(read("{\"auc\": 0.9}\n").series.empty());
  CHECK(read("{\n  \"auc\": 0.9,\n  \"step\": 3\n}\n").metrics == domain::Metrics{{"auc", 0.9}, {"step", 3}});
  CHECK(read("{\"step\": 3, \"auc\": 0.9}").series == domain::Series{{"auc", {{3, 0.9}}}});
}

TEST_CASE("a mistake is told with its line") {
  CHECK_THROWS_WITH(read("{\"step\": 1, \"a\": 1}\n{\"step\": 2, \"a\": \"x\"}\n"),
                    "m.jsonl (line 2): metric `a` is text, not a number");
  CHECK_THROWS_WITH(read("{\"step\": 1.5, \"a\": 1}\n{}\n"),
                    "m.jsonl (line 1): the step 1.5 is no whole number from 0 on");
  CHECK_THROWS_WITH(read("{\"step\": -1, \"a\": 1}\n"), "m.jsonl (line 1): the step -1 is no whole number from 0 on");
  CHECK_THROWS_WITH(read("{\"step\": 1, \"a\": 1}\n{\"step\": 2, \"a\": NaN}\n"),
                    Catch::StartsWith("m.jsonl (line 2):1:"));
}

TEST_CASE("what is still being written is read as far as it is whole") {
  const TemporaryDirectory folder{"/tmp"};
  const auto path = folder.path() / "m.jsonl";
  CHECK(read_run_metrics_so_far(path, {}).series.empty());
  write_file_atomic(
      path, "{\"step\": 1, \"a\": 1}\n{\"step\": 2, \"a\": NaN}\n{\"step\": 3, \"a\": 2}\n{\"step\": 4, \"a\":");
  CHECK(read_run_metrics_so_far(path, {}).series == domain::Series{{"a", {{1, 1.0}, {3, 2.0}}}});
  write_file_atomic(path, "{\"a\": 1}");
  CHECK(read_run_metrics_so_far(path, {}).metrics.empty());
}

}  // namespace
}  // namespace mlops::formats
