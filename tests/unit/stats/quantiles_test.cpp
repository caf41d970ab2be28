#include <mlops/stats/quantiles.hpp>

#include <array>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

TEST_CASE("percentiles are numpy's") {
  for (const Json& example : metrics_oracle("quantiles").as_array()) {
    INFO(example.at("name").as_string());
    const auto values = numbers_of(example.at("values"));
    const Json& expected = example.at("expected");
    const LatencySummary found = latency_summary(values);
    CHECK(found.count == values.size());
    CHECK(is_close(found.mean, expected.at("mean")));
    CHECK(found.p50 == expected.at("p50").as_double());
    CHECK(found.p90 == expected.at("p90").as_double());
    CHECK(found.p95 == expected.at("p95").as_double());
    CHECK(found.p99 == expected.at("p99").as_double());
    CHECK(found.most == *std::ranges::max_element(values));
  }
}

TEST_CASE("quantiles reach from the least to the greatest value") {
  const std::array values = {3.0, 1.0, 2.0};
  CHECK(quantiles(values, std::array{0.0, 0.25, 0.5, 1.0}) == std::vector{1.0, 1.5, 2.0, 3.0});
  const std::array huge = {-1e308, 1e308};
  CHECK(quantiles(huge, std::array{0.5}) == std::vector{0.0});
}

TEST_CASE("no values have no latency, and odd ones are refused") {
  CHECK(latency_summary({}).count == 0);
  CHECK(std::isnan(latency_summary({}).p99));
  CHECK_THROWS_WITH(latency_summary(std::array{1.0, -2.0}), "the latency of row 2 is negative: -2");
  CHECK_THROWS_AS(latency_summary(std::array{std::nan("")}), Error);
  CHECK_THROWS_AS(quantiles({}, std::array{0.5}), Error);
  CHECK_THROWS_AS(quantiles(std::array{1.0}, std::array{1.5}), Error);
}
