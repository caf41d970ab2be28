#include <mlops/stats/multiplicity.hpp>

#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

namespace {

void check_all(const std::vector<double>& found, const Json& wanted) {
  const std::vector<double> values = doubles_of(wanted);
  REQUIRE(found.size() == values.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(values[i]).epsilon(1e-12));
}

}  // namespace

// The first case is the textbook's: .008, .056, .234 … by Holm, .008, .032, .0672 … by Benjamini and Hochberg.
TEST_CASE("adjusted p-values are statsmodels'") {
  for (const Json& example : comparison_cases("adjusted")) {
    INFO(to_line(example));
    const std::vector<double> p_values = doubles_of(example.at("p"));
    check_all(bonferroni(p_values), example.at("bonferroni"));
    check_all(holm(p_values), example.at("holm"));
    check_all(benjamini_hochberg(p_values), example.at("fdr_bh"));
  }
}

TEST_CASE("no questions need no adjustment, and no p-value is NaN") {
  CHECK(holm({}).empty());
  CHECK(benjamini_hochberg({}).empty());
  const std::vector<double> bad = {0.5, std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_WITH(holm(bad), "a p-value must be from 0 to 1, and is nan");
  CHECK_THROWS_AS(benjamini_hochberg(bad), mlops::Error);
  CHECK_THROWS_AS(bonferroni(std::vector<double>{1.5}), mlops::Error);
}
