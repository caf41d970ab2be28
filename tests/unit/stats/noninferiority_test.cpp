#include <mlops/stats/noninferiority.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using namespace mlops::stats;

TEST_CASE("a margin may be lost, and a gain must be exceeded") {
  CHECK(non_inferior_by(0.01).least == -0.01);
  CHECK(better_by(0.01).least == 0.01);
  CHECK_THROWS_WITH(non_inferior_by(-0.1), "the margin must be 0 or above, and is -0.1");
  CHECK_THROWS_AS(better_by(std::numeric_limits<double>::quiet_NaN()), mlops::Error);
}

TEST_CASE("the minimal detectable effect follows from the spread and the number of rows") {
  // (1.644854 + 0.841621) · 0.4 / √1000
  CHECK(minimal_detectable_effect(0.4 / std::sqrt(1000.0), {.alpha = 0.05, .power = 0.8}) ==
        Approx(0.03145).margin(1e-5));
  CHECK(minimal_detectable_effect(0.3 / std::sqrt(1000.0)) == Approx(0.02658).margin(1e-5));
  CHECK(minimal_detectable_effect(0) == 0);
  CHECK_THROWS_AS(minimal_detectable_effect(std::numeric_limits<double>::quiet_NaN()), mlops::Error);
}

TEST_CASE("rows needed grow with the square of what is to be told apart") {
  const double error = 0.3 / std::sqrt(1000.0);
  CHECK(rows_needed(error, 1000, 0.01) == 7064);
  CHECK(rows_needed(error, 1000, 0.01, {.alpha = 0.05, .power = 0.8}) == 5565);
  CHECK(rows_needed(error, 1000, -0.005) == 28256);
  CHECK_FALSE(rows_needed(error, 1000, 0));
  CHECK_FALSE(rows_needed(error, 1000, 1e-200));
  CHECK_FALSE(rows_needed(std::numeric_limits<double>::infinity(), 1, 0.1));
  CHECK(rows_needed(0, 1000, 0.1) == 1);
  CHECK(design_effect(20, 0.71) == Approx(14.49));
}
