#include <mlops/stats/two_samples.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>

#include "unit/stats/drift_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

using Values = std::vector<double>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Values random_values(std::uint64_t seed, std::size_t count, double shift, double step) {
  Random random{seed};
  Values values;
  for (std::size_t i = 0; i < count; ++i) {
    const double value = random.uniform() + random.uniform() + shift;
    values.push_back(step > 0 ? std::floor(value / step) * step : value);
  }
  return values;
}

}  // namespace

TEST_CASE("distances and p-values of two samples are scipy's") {
  for (const Json& example : drift_oracle("samples").as_array()) {
    INFO(example.at("name").as_string());
    const Values a = numbers_at(example, "reference");
    const Values b = numbers_at(example, "current");
    const auto wanted = [&](std::string_view key) {
      return Approx(example.at(key).as_double()).epsilon(1e-9).margin(1e-13);
    };
    const KolmogorovSmirnov exact = ks_two_sample(a, b);
    CHECK(exact.exact);
    CHECK(exact.statistic == wanted("ks"));
    CHECK(exact.p == wanted("p_exact"));
    if (const Json& p = example.at("p_asymptotic"); !p.is_null()) {
      CHECK(ks_two_sample(a, b, KsMethod::asymptotic).p == Approx(p.as_double()).epsilon(1e-5));
    }
    CHECK(wasserstein({.values = a}, {.values = b}) == wanted("wasserstein"));
    CHECK(standard_deviation(a) == wanted("deviation"));
  }
}

TEST_CASE("the tail of one sample's distribution is scipy's kstwo") {
  for (const Json& example : drift_oracle("one_sample").as_array()) {
    const double d = example.as_array().at(0).as_double();
    const auto rows = static_cast<std::uint64_t>(example.as_array().at(1).as_integer());
    INFO(d << " of " << rows);
    CHECK(one_sample_ks_sf(d, rows) == Approx(example.as_array().at(2).as_double()).epsilon(1e-5));
  }
}

// The data of Evidently's tests.
TEST_CASE("two samples of eight are 0.625 apart") {
  const Values a{38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58};
  const Values b{39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8};
  const KolmogorovSmirnov test = ks_two_sample(a, b);
  CHECK(test.statistic == Approx(0.625));
  CHECK(test.p == Approx(0.0870241).epsilon(1e-6));
  CHECK(test.location == 43.3);
  CHECK(normalised_wasserstein(a, b) == Approx(0.781236).epsilon(1e-6));
}

// 0 … 99 and 50 … 149: Evidently's normalised distance and D, and deepchecks' distance of values scaled to 0 … 1.
TEST_CASE("two ranges that overlap by half are as far apart as others say") {
  Values a;
  Values b;
  for (int i = 0; i < 100; ++i) {
    a.push_back(i);
    b.push_back(i + 50);
  }
  CHECK(ks_two_sample(a, b).statistic == Approx(0.5));
  CHECK(normalised_wasserstein(a, b) == Approx(1.732137).epsilon(1e-6));
  CHECK(wasserstein({.values = a}, {.values = b}) / 149 == Approx(0.33557).epsilon(1e-5));
}

TEST_CASE("samples of more than ten thousand rows get the asymptotic p") {
  const Values a = random_values(1, 10'001, 0, 0);
  const Values b = random_values(2, 50, 0, 0);
  CHECK_FALSE(ks_two_sample(a, b).exact);
  CHECK(ks_two_sample(a, b).p == Approx(ks_two_sample(a, b, KsMethod::exact).p).epsilon(0.1));
}

TEST_CASE("weights stand for repeated values") {
  for (const Json& example : drift_oracle("weighted").as_array()) {
    const Values a = numbers_at(example, "reference");
    const Values b = numbers_at(example, "current");
    const Values a_weights = numbers_at(example, "reference_weights");
    const Values b_weights = numbers_at(example, "current_weights");
    CHECK(wasserstein({.values = a, .weights = a_weights}, {.values = b, .weights = b_weights}) ==
          Approx(example.at("expected").as_double()).epsilon(1e-14));
  }
}

TEST_CASE("weights that are none are refused") {
  const Values values{1, 2};
  const auto with = [&](const Values& weights) {
    return wasserstein({.values = values, .weights = weights}, {.values = values});
  };
  CHECK_THROWS_WITH(with({1}), "the reference data has 2 values and 1 weights");
  CHECK_THROWS_WITH(with({1, -1}), "weight 2 of the reference data is not a number from 0");
  CHECK_THROWS_AS(with({not_a_number, 1}), Error);
  CHECK_THROWS_AS(with({infinity, 1}), Error);
  CHECK_THROWS_AS(with({0, 0}), Error);
  CHECK(with({1, 0}) == Approx(0.5));
}

TEST_CASE("what is no number is left out, and nothing left is an error") {
  CHECK(ks_two_sample(Values{not_a_number, 1, 2}, Values{1, not_a_number, 2}).statistic == 0);
  CHECK(ks_two_sample(Values{-infinity, 1}, Values{1, infinity}).statistic == Approx(0.5));
  CHECK(wasserstein({.values = Values{not_a_number, infinity, 1}}, {.values = Values{3}}) == 2);
  CHECK_THROWS_WITH(ks_two_sample(Values{not_a_number}, Values{1}), "the reference data has no numbers to compare");
  CHECK_THROWS_WITH(wasserstein({.values = Values{1}}, {.values = Values{infinity}}),
                    "the current data has no finite numbers to compare");
}

TEST_CASE("the largest numbers have a distance, and a constant reference an infinite one") {
  constexpr double most = std::numeric_limits<double>::max();
  CHECK(wasserstein({.values = Values{-most / 2}}, {.values = Values{most / 2}}) == most);
  CHECK(standard_deviation(Values{-most, most}) == most);
  CHECK(standard_deviation(Values{1e9, 1e9 + 1}) == Approx(0.5));
  CHECK(normalised_wasserstein(Values{3, 3}, Values{3}) == 0);
  CHECK(std::isinf(normalised_wasserstein(Values{3, 3}, Values{4})));
}

TEST_CASE("binned counts enclose the statistics of the values") {
  for (const double shift : {0.0, 0.1, 0.7, 5.0}) {
    for (const double step : {0.0, 0.25}) {
      for (const std::size_t most : {2u, 7u, 64u}) {
        INFO("shift " << shift << ", steps of " << step << ", " << most << " bins");
        const Values a = random_values(11, 500, 0, step);
        const Values b = random_values(12, 300, shift, step);
        Histogram before{NumberBins::of(a, most)};
        Histogram after{before.bins()};
        before.add(a);
        after.add(b);
        const double d = ks_two_sample(a, b, KsMethod::asymptotic).statistic;
        const Interval ks = ks_bounds(before, after);
        CHECK((ks.low <= d + 1e-12 && d <= ks.high + 1e-12));
        CHECK(ks.high - ks.low <= 2.0 / static_cast<double>(most) + d);
        const double distance = wasserstein({.values = a}, {.values = b});
        const Interval moved = wasserstein_bounds(before, after);
        CHECK((moved.low <= distance + 1e-12 && distance <= moved.high + 1e-12));
      }
    }
  }
}

TEST_CASE("many bins enclose a shift tightly") {
  const Values a = random_values(11, 5000, 0, 0);
  const Values b = random_values(12, 5000, 0.3, 0);
  Histogram before{NumberBins::of(a, 256)};
  Histogram after{before.bins()};
  before.add(a);
  after.add(b);
  const Interval moved = wasserstein_bounds(before, after);
  CHECK(moved.low > 0.25);
  CHECK(moved.high < 0.35);
}

TEST_CASE("values that all have a bin of their own are known exactly") {
  const Values a{0, 0, 1, 2, 2, 2};
  const Values b{0, 1, 1, 1, 2};
  Histogram before{NumberBins::of(a)};
  Histogram after{before.bins()};
  before.add(a);
  after.add(b);
  CHECK(ks_bounds(before, after).low == Approx(ks_two_sample(a, b).statistic));
  CHECK(ks_bounds(before, after).high == Approx(ks_two_sample(a, b).statistic));
  CHECK(wasserstein_bounds(before, after).low == Approx(wasserstein({.values = a}, {.values = b})));
  CHECK(wasserstein_bounds(before, after).high == Approx(wasserstein({.values = a}, {.values = b})));
}

TEST_CASE("infinite values leave the distance without an upper bound") {
  const Values a{0, 1, 2, 3};
  Histogram before{NumberBins::of(a)};
  Histogram after{before.bins()};
  before.add(a);
  after.add(Values{1, infinity});
  CHECK(std::isinf(wasserstein_bounds(before, after).high));
  CHECK(std::isfinite(wasserstein_bounds(before, after).low));
}
