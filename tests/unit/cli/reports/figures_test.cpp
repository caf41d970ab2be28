#include "reports/figures.hpp"

#include <catch2/catch.hpp>

#include <numeric>

#include "reports/plot_axis.hpp"

namespace mlops::cli {
namespace {

std::vector<Plot> plots_in(std::string_view json) { return plots_of(parse_json(json, "figures")); }

template <typename T>
T only(std::string_view json) {
  const auto plots = plots_in(json);
  REQUIRE(plots.size() == 1);
  REQUIRE(std::holds_alternative<T>(plots.front()));
  return std::get<T>(plots.front());
}

TEST_CASE("a difference is drawn against the one that is just allowed") {
  const auto plot =
      only<IntervalPlot>(R"({"difference": -0.015, "interval": [-0.019, -0.011], "bound": -0.01, "unit": "auc"})");
  CHECK(plot.is_difference);
  CHECK(plot.line == -0.01);
  CHECK(caption_of(plot) == "difference -0.015 [-0.019, -0.011] auc, limit -0.01");
}

TEST_CASE("a figure is drawn against what was wanted, without it too, and with an end that nobody knows") {
  CHECK(only<IntervalPlot>(R"({"found": 0.9, "interval": [0.8, 1], "wanted": 0.85})").line == 0.85);
  CHECK_FALSE(only<IntervalPlot>(R"({"found": 0.9, "interval": [0.8, 1], "wanted": null})").line);
  CHECK(caption_of(only<IntervalPlot>(R"({"found": 0.9, "interval": [0.8, null]})")) == "found 0.9 [0.8, ∞]");
}

TEST_CASE("a histogram is drawn in shares, so that data of different sizes compare") {
  const auto plot =
      only<HistogramPlot>(R"({"histogram": {"edges": [0, 1, 2], "counts": [1, 3], "reference_counts": [100, 300]}})");
  CHECK(plot.shares == std::vector<double>{0.25, 0.75});
  CHECK(plot.reference == plot.shares);
}

TEST_CASE("figures of another shape are not drawn") {
  for (const std::string_view json :
       {"null",
        "[]",
        "3",
        "{}",
        R"({"metric": "auc", "found": 0.9, "wanted": 0.8, "margin": 0.1, "reference": null})",
        R"({"found": 1, "interval": 3})",
        R"({"found": 1, "interval": [1]})",
        R"({"found": 1, "interval": [2, 1]})",
        R"({"found": 1, "interval": [null, null]})",
        R"({"found": "1", "interval": [0, 1]})",
        R"({"found": 1, "interval": ["0", {}]})",
        R"({"histogram": []})",
        R"({"histogram": {"edges": [0, 1]}})",
        R"({"histogram": {"edges": [0, 1], "counts": [1, 2]}})",
        R"({"histogram": {"edges": [0, 0], "counts": [1]}})",
        R"({"histogram": {"edges": [0], "counts": []}})",
        R"({"histogram": {"edges": [0, 1], "counts": [0]}})",
        R"({"histogram": {"edges": [0, 1, 2], "counts": [-1, 3]}})",
        R"({"histogram": {"edges": [0, 1, 2], "counts": [1e308, 1e308]}})",
        R"({"reliability": {}})",
        R"({"reliability": [3, {}, {"predicted": 2, "observed": 0.5}]})",
        R"({"roc": [[0, 0]]})",
        R"({"roc": [[0, 0], [0.5], [1, "1"]]})",
        R"({"groups": []})",
        R"({"groups": [{"name": 3}]})"}) {
    INFO(json);
    CHECK(plots_in(json).empty());
  }
}

TEST_CASE("several figures are several plots, in a fixed order") {
  const auto plots = plots_in(
      R"({"groups": [{"name": "a"}], "roc": [[1, 1], [0, 0]], "found": 1, "interval": [0, 2],
          "reliability": [{"predicted": 0.5, "observed": 0.4}]})");
  REQUIRE(plots.size() == 4);
  CHECK(std::holds_alternative<IntervalPlot>(plots[0]));
  CHECK(std::holds_alternative<ReliabilityPlot>(plots[1]));
  CHECK(std::get<RocPlot>(plots[2]).points.front() == std::pair{0.0, 0.0});
  CHECK_FALSE(std::get<GroupsPlot>(plots[3]).groups.front().value);
}

TEST_CASE("plots stay small, whatever was measured") {
  Json histogram = Json::object({{"edges", Json::array()}, {"counts", Json::array()}});
  Json edges = Json::array();
  Json counts = Json::array();
  Json roc = Json::array();
  Json groups = Json::array();
  for (int i = 0; i <= 1000; ++i) {
    edges.push_back(i);
    if (i < 1000) counts.push_back(2);
    roc.push_back(Json::array({i / 1000.0, i / 1000.0}));
    groups.push_back(Json::object({{"name", "g"}, {"value", i}}));
  }
  histogram.set("edges", edges).set("counts", counts);
  const auto plots = plots_of(Json::object({{"histogram", histogram}, {"roc", roc}, {"groups", groups}}));
  REQUIRE(plots.size() == 3);
  const auto& shares = std::get<HistogramPlot>(plots[0]).shares;
  CHECK(shares.size() == 100);
  CHECK(std::get<HistogramPlot>(plots[0]).edges.back() == 1000);
  CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) == Approx(1));
  CHECK(std::get<RocPlot>(plots[1]).points.size() == 400);
  CHECK(std::get<RocPlot>(plots[1]).points.back() == std::pair{1.0, 1.0});
  CHECK(std::get<GroupsPlot>(plots[2]).groups.size() == 40);
  CHECK(caption_of(plots[2]) == "the first 40 of 1001 groups");
}

TEST_CASE("an axis has room around its values and a few round numbers on it") {
  const std::vector<double> values{0, 10};
  const auto axis = axis_around(values);
  REQUIRE(axis);
  CHECK(axis->place(axis->low) == 0);
  CHECK(axis->place(1e9) == 1);
  CHECK(ticks_on(*axis) == std::vector<double>{0, 5, 10});

  const std::vector<double> same{0.5, 0.5};
  CHECK(axis_around(same)->low < 0.5);
  const std::vector<double> zero{0};
  CHECK(axis_around(zero)->high == 1);
  CHECK_FALSE(axis_around({}));
  const std::vector<double> far{-1.7e308, 1.7e308};
  CHECK_FALSE(axis_around(far));
  const std::vector<double> tiny{-1e-320, 1e-320};
  if (const auto small = axis_around(tiny)) CHECK(ticks_on(*small).size() <= 6);
}

}  // namespace
}  // namespace mlops::cli
