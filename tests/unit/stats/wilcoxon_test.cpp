#include <mlops/stats/wilcoxon.hpp>

#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

TEST_CASE("the signed-rank test is scipy's") {
  for (const Json& example : comparison_cases("wilcoxon")) {
    const Wilcoxon found = wilcoxon_signed_rank(doubles_of(example.at("differences")));
    INFO(found.count << " differences");
    CHECK(found.exact == example.at("exact").as_bool());
    CHECK(found.statistic == example.at("statistic").as_double());
    CHECK(found.p_value == Approx(example.at("two_sided").as_double()).epsilon(1e-10));
    CHECK(found.p_greater == Approx(example.at("greater").as_double()).epsilon(1e-10));
    CHECK(found.p_less == Approx(example.at("less").as_double()).epsilon(1e-10));
  }
}

// Cureton (1967), the example of scipy's documentation.
TEST_CASE("the signed-rank test gives the published figures of Darwin's maize") {
  const std::vector<double> differences = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
  const Wilcoxon found = wilcoxon_signed_rank(differences);
  CHECK(found.exact);
  CHECK(found.statistic == 24);
  CHECK(found.p_value == Approx(0.041259765625).epsilon(1e-14));
}

TEST_CASE("a correction for continuity moves p towards 1") {
  const std::vector<double> differences = {1, 1, 2, 3, -1, 4, 5, 6};
  CHECK(wilcoxon_signed_rank(differences, true).p_value > wilcoxon_signed_rank(differences).p_value);
}

TEST_CASE("differences that are all 0, or none, say nothing") {
  const Wilcoxon none = wilcoxon_signed_rank({});
  CHECK(none.p_value == 1);
  CHECK(none.count == 0);
  CHECK(wilcoxon_signed_rank(std::vector<double>{0, 0, -0.0}).p_value == 1);
  CHECK_THROWS_AS(wilcoxon_signed_rank(std::vector<double>{1, std::numeric_limits<double>::infinity()}), mlops::Error);
}
