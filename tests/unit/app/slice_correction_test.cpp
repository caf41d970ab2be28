#include "slice_correction.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include <mlops/stats/proportion.hpp>
#include <mlops/stats/random.hpp>
#include <mlops/support/files.hpp>

#include "metric_estimate.hpp"

using namespace mlops;
using namespace mlops::app;

namespace {

// What statsmodels found: tests/oracles/slices.py.
const Json::Array& slice_cases(std::string_view section) {
  static const Json oracle = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "slices.json";
    return parse_json(read_file(path), path.string());
  }();
  REQUIRE_FALSE(oracle.at(section).as_array().empty());
  return oracle.at(section).as_array();
}

MetricRows share_rows(const Json& slice) {
  MetricRows rows;
  rows.classes = 2;
  rows.label = 1;
  const std::int64_t right = slice.as_array().at(0).as_integer();
  for (std::int64_t row = 0; row < slice.as_array().at(1).as_integer(); ++row) {
    rows.truth.push_back(1);
    rows.predicted.push_back(row < right ? 1 : 0);
  }
  return rows;
}

MetricRows error_rows(const Json& slice) {
  MetricRows rows;
  for (const Json& error : slice.as_array()) {
    rows.true_number.push_back(0);
    rows.number.push_back(error.as_double());
  }
  return rows;
}

domain::PredictionCondition slices_at(std::string metric, domain::Comparison comparison, double bound) {
  domain::PredictionCondition condition;
  condition.metric = std::move(metric);
  condition.by = {"region"};
  condition.comparison = comparison;
  condition.value = bound;
  return condition;
}

// Returns how many of the slices are rejected.
std::size_t check_against_statsmodels(const Json& example, const domain::PredictionCondition& condition,
                                      MetricRows (*rows_of)(const Json&)) {
  INFO(example.at("name").as_string());
  checks::Measurement measured;
  const Json::Array& slices = example.at("slices").as_array();
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const MetricEstimate found = estimate_metric(condition.metric, rows_of(slices[i]), {.bound = condition.value});
    const Json::Array& ends = example.at("intervals").as_array().at(i).as_array();
    CHECK(found.interval.low == Approx(ends.at(0).as_double()).margin(1e-12));
    CHECK(found.interval.high == Approx(ends.at(1).as_double()).margin(1e-12));
    checks::MeasuredSlice slice;
    slice.value = found.value;
    slice.p = p_of_being_worse(condition, slice, found.p_value.value());
    measured.slices.push_back(slice);
  }
  correct_for_slices(measured, 0.025);
  CHECK(measured.correction == "Holm");
  std::size_t rejected = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const checks::MeasuredSlice& slice = measured.slices[i];
    const double p = example.at("p").as_array().at(i).as_double();
    const bool is_rejected = *slice.adjusted_p <= measured.level;
    rejected += is_rejected ? 1 : 0;
    CHECK(is_rejected == example.at("rejected").as_array().at(i).as_bool());
    // In the middle the two tails overlap by what was seen, and which is the smaller decides nothing.
    if (p > 0.4) continue;
    CHECK(*slice.p == Approx(p).epsilon(1e-9).margin(1e-15));
    CHECK(*slice.adjusted_p == Approx(example.at("adjusted").as_array().at(i).as_double()).epsilon(1e-9).margin(1e-15));
  }
  return rejected;
}

}  // namespace

TEST_CASE("slices that are worse than asked are those that statsmodels rejects by Holm's method") {
  std::size_t rejected = 0;
  for (const Json& example : slice_cases("shares")) {
    const double bound = example.at("bound").as_double();
    rejected +=
        check_against_statsmodels(example, slices_at("recall", domain::Comparison::greater_equal, bound), share_rows);
  }
  for (const Json& example : slice_cases("means")) {
    const double bound = example.at("bound").as_double();
    rejected += check_against_statsmodels(example, slices_at("mae", domain::Comparison::less_equal, bound), error_rows);
  }
  CHECK(rejected > 0);  // the cases hold some of both
}

TEST_CASE("a single slice is not corrected, and an undefined figure counts as a slice without a complaint") {
  const auto condition = slices_at("recall", domain::Comparison::greater_equal, 0.8);
  checks::Measurement measured;
  measured.slices.resize(1);
  measured.slices[0].p = 0.01;
  correct_for_slices(measured, 0.025);
  CHECK_FALSE(measured.slices[0].adjusted_p.has_value());
  CHECK(measured.correction.empty());

  checks::MeasuredSlice undefined;
  undefined.value = std::numeric_limits<double>::quiet_NaN();
  undefined.p = p_of_being_worse(condition, undefined, std::numeric_limits<double>::quiet_NaN());
  measured.slices.push_back(undefined);
  correct_for_slices(measured, 0.025);
  CHECK(measured.slices[0].adjusted_p == 0.02);
  CHECK(measured.slices[1].adjusted_p == 1.0);
}

// What the correction is for: twenty slices that are all just as good as asked.
TEST_CASE("of many good slices one seldom fails") {
  const auto condition = slices_at("recall", domain::Comparison::greater_equal, 0.8);
  stats::Random random{2026};
  constexpr int looks = 400;
  int failed = 0;
  int would_fail = 0;
  for (int look = 0; look < looks; ++look) {
    checks::Measurement measured;
    for (int place = 0; place < 20; ++place) {
      stats::Proportion found{.successes = 0, .trials = 250};
      for (int row = 0; row < 250; ++row) found.successes += random.uniform() < 0.8 ? 1 : 0;
      checks::MeasuredSlice slice;
      slice.value = stats::share_of(found);
      slice.p = p_of_being_worse(condition, slice, stats::share_p(found, 0.8));
      measured.slices.push_back(slice);
    }
    correct_for_slices(measured, 0.025);
    const auto any = [&](auto p_of) {
      return std::ranges::any_of(measured.slices, [&](const auto& slice) { return *p_of(slice) <= 0.025; });
    };
    failed += any([](const auto& slice) { return slice.adjusted_p; }) ? 1 : 0;
    would_fail += any([](const auto& slice) { return slice.p; }) ? 1 : 0;
  }
  // 10 expected at most, 19 is three standard deviations above; without the correction 159 (1 - 0.975^20).
  CHECK(failed <= 19);
  CHECK(would_fail > 100);
}
