#include <mlops/stats/bootstrap.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

namespace {

BootstrapOptions options_of(BootstrapInterval interval, std::int64_t replicates = 10'000) {
  BootstrapOptions options;
  options.interval = interval;
  options.replicates = replicates;
  options.seed = 42;
  return options;
}

// The confusion of one model: true positives, false positives, false negatives, true negatives.
double f1(std::span<const double> cells) { return 2 * cells[0] / (2 * cells[0] + cells[1] + cells[2]); }

// The same four cells as rows.
std::vector<std::size_t> rows_of_cells(std::span<const std::int64_t> cells) {
  std::vector<std::size_t> rows;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    rows.insert(rows.end(), static_cast<std::size_t>(cells[cell]), cell);
  }
  return rows;
}

// Leaving a row out leaves n - 1 of them, for which only the scale of the jackknife's values changes.
Bootstrap bootstrap_mean(const std::vector<double>& values, const BootstrapOptions& options = {}) {
  const auto n = static_cast<double>(values.size());
  return bootstrap_sums(
      {.figures = values, .width = 1}, [n](std::span<const double> sums) { return sums[0] / n; }, options);
}

}  // namespace

TEST_CASE("the bootstrap of a mean has scipy's intervals, but for other random numbers") {
  for (const Json& example : comparison_cases("bootstrap")) {
    INFO(example.at("method").as_string());
    const bool is_bca = example.at("method").as_string() == "bca";
    const Bootstrap found =
        bootstrap_mean(doubles_of(example.at("values")),
                       options_of(is_bca ? BootstrapInterval::bca : BootstrapInterval::percentile, 100'000));
    CHECK((found.interval == BootstrapInterval::bca) == is_bca);
    CHECK(found.estimate.interval.low == Approx(example.at("low").as_double()).epsilon(0.004));
    CHECK(found.estimate.interval.high == Approx(example.at("high").as_double()).epsilon(0.004));
    CHECK(found.standard_error == Approx(example.at("standard_error").as_double()).epsilon(0.01));
    CHECK(found.estimate.count == 60);
  }
}

TEST_CASE("drawing cells is drawing rows") {
  const std::vector<std::int64_t> cells = {60, 15, 9, 116};
  const std::vector<std::size_t> cell_of = rows_of_cells(cells);
  const auto f1_of_rows = [&cell_of](std::span<const std::size_t> rows) {
    std::vector<double> counts(4, 0.0);
    for (const std::size_t row : rows) counts[cell_of[row]] += 1;
    return f1(counts);
  };
  for (const BootstrapInterval interval : {BootstrapInterval::percentile, BootstrapInterval::bca}) {
    const Bootstrap by_cells = bootstrap_cells(cells, f1, options_of(interval, 40'000));
    const Bootstrap by_rows = bootstrap_rows(cell_of.size(), f1_of_rows, options_of(interval, 40'000));
    CHECK(by_cells.interval == interval);
    CHECK(by_cells.estimate.value == by_rows.estimate.value);
    CHECK(by_cells.estimate.interval.low == Approx(by_rows.estimate.interval.low).margin(0.002));
    CHECK(by_cells.estimate.interval.high == Approx(by_rows.estimate.interval.high).margin(0.002));
    CHECK(by_cells.standard_error == Approx(by_rows.standard_error).epsilon(0.02));
  }
}

TEST_CASE("a million rows are bootstrapped as fast as a few") {
  const std::vector<std::int64_t> cells = {400'000, 20'000, 30'000, 550'000};
  const Bootstrap found = bootstrap_cells(cells, [](std::span<const double> c) { return (c[0] + c[3]) / 1e6; });
  CHECK(found.replicates == 10'000);
  CHECK(found.estimate.count == 1'000'000);
  CHECK(found.standard_error == Approx(std::sqrt(0.95 * 0.05 / 1e6)).epsilon(0.03));
  CHECK(found.estimate.interval.low == Approx(0.95 - 1.96 * std::sqrt(0.95 * 0.05 / 1e6)).margin(2e-5));
}

TEST_CASE("the same seed gives the same interval on any number of threads") {
  const std::vector<std::int64_t> cells = {60, 15, 9, 116};
  const std::vector<double> values = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  BootstrapOptions options;
  options.replicates = 1000;
  std::vector<Bootstrap> by_cells;
  std::vector<Bootstrap> by_values;
  for (const unsigned threads : {1u, 2u, 7u}) {
    options.threads = threads;
    by_cells.push_back(bootstrap_cells(cells, f1, options));
    by_values.push_back(bootstrap_mean(values, options));
  }
  for (std::size_t i = 1; i < by_cells.size(); ++i) {
    CHECK(by_cells[i].estimate == by_cells[0].estimate);
    CHECK(by_cells[i].standard_error == by_cells[0].standard_error);
    CHECK(by_values[i].estimate == by_values[0].estimate);
  }
  options.seed = 1;
  CHECK_FALSE(bootstrap_cells(cells, f1, options).standard_error == by_cells[0].standard_error);
}

TEST_CASE("rows of one cluster come and stay away together") {
  Random random{8};
  std::vector<double> values;
  std::vector<std::uint64_t> clusters;
  for (std::uint64_t cluster = 0; cluster < 40; ++cluster) {
    const double level = random.uniform();
    for (int row = 0; row < 10; ++row) {
      values.push_back(level + 0.1 * random.uniform());
      clusters.push_back(1'000'000 - cluster);
    }
  }
  const auto mean = [&values](std::span<const std::size_t> rows) {
    double sum = 0;
    for (const std::size_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
  const BootstrapOptions options = options_of(BootstrapInterval::bca, 4000);
  const Bootstrap by_cluster = bootstrap_cluster_mean(values, clusters, options);
  const Bootstrap general = bootstrap_clusters(clusters, mean, options);
  CHECK(by_cluster.estimate.count == 40);
  CHECK(by_cluster.standard_error > 2.5 * bootstrap_mean(values, options).standard_error);
  CHECK(by_cluster.standard_error == Approx(general.standard_error).epsilon(1e-9));
  CHECK(by_cluster.estimate.interval.low == Approx(general.estimate.interval.low).epsilon(1e-9));
  CHECK(by_cluster.estimate.interval.high == Approx(general.estimate.interval.high).epsilon(1e-9));
}

TEST_CASE("the cells of each cluster are added up as they are drawn") {
  // Two figures a unit, right and all; each unit a cluster.
  const std::vector<double> figures = {9, 10, 3, 10, 5, 6, 20, 22, 0, 4, 7, 7};
  const auto share = [](std::span<const double> sums) { return sums[0] / sums[1]; };
  const Bootstrap found = bootstrap_sums({.figures = figures, .width = 2}, share);
  CHECK(found.estimate.value == Approx(44.0 / 59));
  CHECK(found.estimate.count == 6);
  CHECK(found.estimate.interval.low > 0);
  CHECK(found.estimate.interval.high < 1);
  CHECK_THROWS_WITH(bootstrap_sums({.figures = figures, .width = 5}, share),
                    "12 figures are no whole number of units of 5 each");
}

TEST_CASE("large samples leave out random parts, and accelerate alike") {
  Random random{9};
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) values.push_back(-std::log(1 - random.uniform()));
  const auto mean = [&values](std::span<const std::size_t> rows) {
    double sum = 0;
    for (const std::size_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
  const BootstrapOptions options = options_of(BootstrapInterval::bca, 2000);
  const Bootstrap by_parts = bootstrap_rows(values.size(), mean, options);
  const Bootstrap one_by_one = bootstrap_mean(values, options);
  CHECK(by_parts.interval == BootstrapInterval::bca);
  CHECK(by_parts.estimate.interval.low == Approx(one_by_one.estimate.interval.low).margin(0.004));
  CHECK(by_parts.estimate.interval.high == Approx(one_by_one.estimate.interval.high).margin(0.004));
}

TEST_CASE("what a sample can't tell is unknown, not exact") {
  const double infinity = std::numeric_limits<double>::infinity();
  const Interval unknown{-infinity, infinity};
  SECTION("one row or one cluster") {
    CHECK(bootstrap_mean(std::vector<double>{3}).estimate.interval == unknown);
    CHECK(bootstrap_cluster_mean(std::vector<double>{1, 2}, std::vector<std::uint64_t>{5, 5}).estimate.interval ==
          unknown);
  }
  SECTION("a statistic that the sample leaves undefined") {
    const Bootstrap found = bootstrap_cells(std::vector<std::int64_t>{0, 0, 0, 9}, f1);
    CHECK(std::isnan(found.estimate.value));
    CHECK(found.estimate.interval == unknown);
  }
  SECTION("many undefined replicates: two of three draws have no positive row") {
    const Bootstrap found = bootstrap_cells(std::vector<std::int64_t>{1, 0, 0, 99}, f1);
    CHECK(found.undefined > 3000);
    CHECK(found.estimate.interval == unknown);
  }
  SECTION("few undefined replicates are left out and counted") {
    const Bootstrap found = bootstrap_cells(std::vector<std::int64_t>{3, 1, 1, 20}, f1);
    CHECK(found.undefined > 0);
    CHECK(found.undefined < 500);
    CHECK(found.estimate.interval.low >= 0);
    CHECK(found.estimate.interval.high <= 1);
  }
}

TEST_CASE("a statistic at its bound has the interval of percentiles") {
  const Bootstrap found = bootstrap_cells(std::vector<std::int64_t>{50, 0, 0, 50}, f1);
  CHECK(found.interval == BootstrapInterval::bca);  // all replicates equal it, half of them on each side
  CHECK(found.estimate.interval == Interval{1, 1});
  const auto smallest = [](std::span<const std::size_t> rows) {
    return static_cast<double>(*std::min_element(rows.begin(), rows.end()));
  };
  CHECK(bootstrap_rows(30, smallest).estimate.interval.low == 0);
}

TEST_CASE("a bootstrap refuses what it can't draw from") {
  const std::vector<std::int64_t> cells = {1, 2};
  const auto zero = [](std::span<const double>) { return 0.0; };
  CHECK_THROWS_WITH(bootstrap_cells({}, zero), "a bootstrap needs rows to draw from");
  CHECK_THROWS_WITH(bootstrap_cells(std::vector<std::int64_t>{0, 0}, zero), "a bootstrap needs rows to draw from");
  CHECK_THROWS_AS(bootstrap_cells(std::vector<std::int64_t>{3, -1}, zero), mlops::Error);
  CHECK_THROWS_AS(bootstrap_mean({}), mlops::Error);
  CHECK_THROWS_AS(bootstrap_rows(0, [](std::span<const std::size_t>) { return 0.0; }), mlops::Error);
  CHECK_THROWS_AS(bootstrap_mean(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}), mlops::Error);
  CHECK_THROWS_AS(bootstrap_cluster_mean(std::vector<double>{1, 2}, {}), mlops::Error);
  BootstrapOptions options;
  options.replicates = 0;
  CHECK_THROWS_WITH(bootstrap_cells(cells, zero, options),
                    "the number of replicates must be from 1 to 10000000, and is 0");
}

TEST_CASE("an exception of a statistic reaches the caller from any thread") {
  BootstrapOptions options;
  options.threads = 4;
  const auto fails = [](std::span<const std::size_t> rows) -> double {
    if (rows.front() != rows.back()) return 1;
    throw std::runtime_error{"no such metric"};
  };
  CHECK_THROWS_WITH(bootstrap_rows(5, fails, options), "no such metric");
}

TEST_CASE("the p-value of a bootstrap is the level at which its interval ends at 0") {
  Random random{5};
  std::vector<double> values;
  for (int i = 0; i < 80; ++i) values.push_back(random.uniform() * random.uniform() - 0.2);
  for (const auto interval : {BootstrapInterval::percentile, BootstrapInterval::bca}) {
    for (const bool expanded : {false, true}) {
      BootstrapOptions options{.interval = interval, .expanded = expanded, .seed = 3};
      const double p = bootstrap_mean(values, options).p_value;
      REQUIRE(p > 0.01);
      REQUIRE(p < 0.5);
      options.confidence = 1 - p;
      const Interval found = bootstrap_mean(values, options).estimate.interval;
      CHECK(std::min(std::abs(found.low), std::abs(found.high)) < 0.001);
    }
  }
  const std::vector<double> ones(30, 1.0);
  CHECK(bootstrap_mean(ones, {.replicates = 99, .interval = BootstrapInterval::percentile}).p_value == Approx(0.02));
  CHECK(bootstrap_mean(std::vector<double>(30, 0.0)).p_value == 1);
}
