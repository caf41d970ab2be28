#include <mlops/stats/divergence.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "unit/stats/drift_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

using Counted = std::vector<std::uint64_t>;

void check_chi_square(const ChiSquare& found, const Json& wanted) {
  const Json::Array& fields = wanted.as_array();
  CHECK(found.statistic == Approx(fields.at(0).as_double()).epsilon(1e-9).margin(1e-12));
  CHECK(static_cast<std::int64_t>(found.degrees) == fields.at(1).as_integer());
  CHECK(found.p == Approx(fields.at(2).as_double()).epsilon(1e-9));
}

}  // namespace

TEST_CASE("divergences of counts are scipy's") {
  for (const Json& example : drift_oracle("counts").as_array()) {
    INFO(example.at("name").as_string());
    const auto a = counts_at(example, "reference");
    const auto b = counts_at(example, "current");
    const auto wanted = [&](std::string_view key) {
      return Approx(example.at(key).as_double()).epsilon(1e-12).margin(1e-14);
    };
    CHECK(total_variation(a, b) == wanted("total_variation"));
    CHECK(l_infinity(a, b) == wanted("l_infinity"));
    CHECK(hellinger(a, b) == wanted("hellinger"));
    CHECK(normalised_absolute_difference(a, b) == wanted("normalised_absolute_difference"));
    CHECK(psi(a, b) == wanted("psi"));
    CHECK(psi(a, b, 0.01) == wanted("psi_floor_0.01"));
    CHECK(kullback_leibler(a, b) == wanted("kl"));
    // Nearly equal shares lose digits in either implementation before the root is taken.
    CHECK(jensen_shannon_distance(a, b) ==
          Approx(example.at("js_distance_nats").as_double()).epsilon(1e-12).margin(1e-7));
    CHECK(jensen_shannon_distance(a, b, Information::bits) ==
          Approx(example.at("js_distance_bits").as_double()).epsilon(1e-12).margin(1e-7));
    check_chi_square(chi_square_homogeneity(a, b), example.at("homogeneity"));
    if (!example.at("fit").is_null()) check_chi_square(chi_square_fit(a, b), example.at("fit"));
    CHECK(psi_null_bound(bins_in_use(a, b), 50, 70) > 0);
    std::uint64_t n = 0;
    std::uint64_t m = 0;
    for (const std::uint64_t count : a) n += count;
    for (const std::uint64_t count : b) m += count;
    CHECK(psi_null_bound(bins_in_use(a, b), n, m) == wanted("psi_null_bound"));
  }
}

// The published values of Evidently's tests.
TEST_CASE("six categories differ as Evidently's tests say") {
  const Counted reference{16, 18, 16, 14, 12, 12};
  const Counted current{16, 16, 16, 16, 16, 8};
  CHECK(chi_square_fit(reference, current).p == Approx(0.67309).epsilon(1e-4));
  CHECK(hellinger(reference, current) == Approx(0.06813).epsilon(1e-3));
  CHECK(jensen_shannon_distance(reference, current) == Approx(0.0680482).epsilon(1e-6));
  CHECK(jensen_shannon_divergence(reference, current, Information::bits) == Approx(0.0066805).epsilon(1e-4));
  CHECK(psi(reference, current) == Approx(0.0372184).epsilon(1e-5));
}

// The published values of TFDV's tests; their divergence is in bits.
TEST_CASE("Jensen-Shannon divergences are those of TFDV's tests") {
  const auto bits = [](const Counted& a, const Counted& b) {
    return jensen_shannon_divergence(a, b, Information::bits);
  };
  CHECK(bits({2, 2, 1, 0, 0, 0}, {2, 0, 0, 1, 1, 1}) == Approx(0.6).epsilon(1e-12));
  // Two histograms, spread over the union of their edges.
  CHECK(bits({2, 2, 0, 0}, {0, 1, 1, 2}) == Approx(0.65563906).epsilon(1e-8));
  CHECK(bits({1, 3}, {0, 4}) == Approx(0.13792538).epsilon(1e-8));
  CHECK(bits({1, 0}, {0, 1}) == Approx(1.0));
  CHECK(bits({1, 1, 0}, {1, 0, 1}) == Approx(0.5));
}

TEST_CASE("the largest change of a share is TFDV's and NannyML's L-infinity") {
  CHECK(l_infinity(Counted{1, 9}, Counted{3, 7}) == Approx(0.2));
  CHECK(l_infinity(Counted{0, 9, 1}, Counted{3, 7, 0}) == Approx(0.3));
  CHECK(l_infinity(Counted{2, 2, 2, 0}, Counted{2, 2, 2, 1}) == Approx(0.142857).epsilon(1e-5));
  CHECK(l_infinity(Counted{2, 2, 2}, Counted{0, 5, 0}) == Approx(0.666667).epsilon(1e-5));
  CHECK(most_changed(Counted{2, 2, 2}, Counted{0, 5, 0}) == 1);
  CHECK(normalised_absolute_difference(Counted{1, 5}, Counted{10, 50}) == Approx(0.68181818).epsilon(1e-8));
}

// The published values of scipy's documentation.
TEST_CASE("Jensen-Shannon distances are those of scipy's documentation") {
  CHECK(jensen_shannon_distance(Counted{1, 0, 0}, Counted{0, 1, 0}, Information::bits) == Approx(1.0));
  CHECK(jensen_shannon_distance(Counted{1, 0}, Counted{1, 1}) == Approx(0.46450140402245893).epsilon(1e-14));
}

// 0 … 99 and 50 … 149 in nine bins of equal width, as Evidently cuts them.
TEST_CASE("numbers in Evidently's nine bins give its PSI and divergences") {
  Counted reference(9, 0);
  Counted current(9, 0);
  for (int i = 0; i < 100; ++i) {
    ++reference.at(static_cast<std::size_t>(i * 9 / 149));
    ++current.at(static_cast<std::size_t>(i == 99 ? 8 : (i + 50) * 9 / 149));
  }
  CHECK(reference == Counted{17, 17, 16, 17, 16, 17, 0, 0, 0});
  CHECK(psi(reference, current) == Approx(7.414533).epsilon(1e-6));
  // Evidently scales the shares again after the three empty bins were raised to the floor.
  CHECK(kullback_leibler(reference, current) / 1.0003 == Approx(3.706155).epsilon(1e-6));
  CHECK(jensen_shannon_distance(reference, current) == Approx(0.588705).epsilon(1e-5));
}

TEST_CASE("the floor decides how much a new bin weighs") {
  const Counted reference{50, 50, 0};
  const Counted current{50, 40, 10};
  CHECK(psi(reference, current) == Approx(0.71240).epsilon(1e-4));
  CHECK(psi(reference, current, 0.01) == Approx(0.22955).epsilon(1e-4));
  CHECK(std::isinf(kullback_leibler(current, reference, 0)));
}

TEST_CASE("few rows pass the bands of PSI without any change") {
  CHECK(psi_null_bound(10, 200, 200) == Approx(0.169).margin(5e-4));
  CHECK(psi_null_bound(10, 1000, 1000) == Approx(0.034).margin(5e-4));
  CHECK(psi_null_bound(1, 10, 10) == 0);
  CHECK(std::isinf(psi_null_bound(10, 0, 10)));
  CHECK(name_of(band_of_psi(0.0999)) == "stable");
  CHECK(name_of(band_of_psi(0.1)) == "moderate");
  CHECK(name_of(band_of_psi(0.25)) == "major");
}

TEST_CASE("a category that the reference never saw can't fit it") {
  const ChiSquare test = chi_square_fit(Counted{50, 50, 0}, Counted{50, 40, 10});
  CHECK(std::isinf(test.statistic));
  CHECK(test.p == 0);
}

TEST_CASE("one category is no question for chi-square") {
  CHECK(chi_square_homogeneity(Counted{7, 0}, Counted{9, 0}).p == 1);
  CHECK(chi_square_homogeneity(Counted{7, 0}, Counted{9, 0}).degrees == 0);
}

TEST_CASE("counts of the largest sizes neither overflow nor become NaN") {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const Counted a{most, most, 0};
  const Counted b{most, 0, most};
  CHECK(total_variation(a, b) == Approx(0.5));
  CHECK(l_infinity(a, b) == Approx(0.5));
  CHECK(std::isfinite(psi(a, b)));
  CHECK(chi_square_homogeneity(a, b).p == 0);
  CHECK(normalised_absolute_difference(a, b) == Approx(0.25));
}

TEST_CASE("counts without rows, or of different bins, are refused") {
  CHECK_THROWS_WITH(psi(Counted{0, 0}, Counted{1, 2}), "the reference data has no rows to compare");
  CHECK_THROWS_WITH(hellinger(Counted{1, 2}, Counted{}), Catch::Contains("has 2 bins and the current data 0"));
  CHECK_THROWS_AS(chi_square_fit(Counted{1}, Counted{0}), Error);
}
