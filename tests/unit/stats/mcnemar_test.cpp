#include <mlops/stats/mcnemar.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

TEST_CASE("McNemar's test is statsmodels', in all three forms") {
  for (const Json& example : comparison_cases("mcnemar")) {
    INFO(to_line(example));
    const McNemar found = mcnemar({example.at("b").as_integer(), example.at("c").as_integer()});
    CHECK(found.exact_p == Approx(example.at("exact").as_double()).epsilon(1e-10));
    CHECK(found.mid_p == Approx(example.at("mid_p").as_double()).epsilon(1e-10));
    // statsmodels corrects equal counts by a step away from equality.
    if (example.at("b") == example.at("c")) continue;
    CHECK(found.statistic == Approx(example.at("statistic").as_double()).epsilon(1e-12));
    CHECK(found.corrected_p == Approx(example.at("corrected").as_double()).epsilon(1e-10));
  }
}

// From R's mcnemar.test and exact2x2.
TEST_CASE("McNemar's test gives the published figures of 121 against 59") {
  const McNemar found = mcnemar({.only_first = 121, .only_second = 59});
  CHECK(found.exact_p == Approx(4.434e-6).epsilon(1e-3));
  CHECK(found.statistic == Approx(20.67222).epsilon(1e-6));
  CHECK(found.corrected_p == Approx(5.450095e-6).epsilon(1e-6));
  CHECK(found.mid_p == Approx(3.2666e-6).epsilon(1e-4));
}

TEST_CASE("few discordant rows are judged exactly") {
  CHECK(mcnemar({12, 13}).exact);
  CHECK(mcnemar({12, 13}).p_value == mcnemar({12, 13}).exact_p);
  CHECK_FALSE(mcnemar({13, 13}).exact);
  CHECK(mcnemar({13, 13}).p_value == 1);
  CHECK(mcnemar({0, 0}).p_value == 1);
  CHECK(mcnemar({0, 0}).mid_p == 1);
  CHECK_THROWS_AS(mcnemar({-1, 3}), mlops::Error);
}
