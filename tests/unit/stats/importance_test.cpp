#include <mlops/stats/importance.hpp>

#include <cmath>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;
using namespace mlops::stats;

namespace {

// tests/oracles/importance.py
const Json& importance_oracle() {
  static const Json json = parse_json(read_file(std::string{MLOPS_ORACLES} + "/importance.json"), "importance.json");
  return json;
}

std::vector<double> numbers_of(const Json& list) {
  std::vector<double> numbers;
  for (const Json& number : list.as_array()) numbers.push_back(number.as_double());
  return numbers;
}

}  // namespace

TEST_CASE("a shuffle is told by its seed, its repeat and its column alone") {
  const auto& orders = importance_oracle().at("orders").as_array();
  REQUIRE(orders.size() == 4);
  for (const Json& each : orders) {
    const auto seed =
        shuffle_seed(static_cast<std::uint64_t>(each.at("seed").as_integer()),
                     static_cast<std::size_t>(each.at("repeat").as_integer()), each.at("column").as_string());
    CHECK(std::to_string(seed) == each.at("shuffle_seed").as_string());
    std::vector<std::size_t> wanted;
    for (const Json& place : each.at("order").as_array())
      wanted.push_back(static_cast<std::size_t>(place.as_integer()));
    CHECK(shuffled_order(wanted.size(), seed) == wanted);
  }
  CHECK(shuffled_order(0, 1).empty());
}

TEST_CASE("importances are scikit-learn's, with Student's interval over the repeats") {
  for (const auto& [metric, columns] : importance_oracle().at("importances").as_object()) {
    for (const auto& [column, expected] : columns.as_object()) {
      INFO(metric << " " << column);
      const Importance found = importance_of(numbers_of(expected.at("repeats")));
      CHECK(found.mean == Approx(expected.at("mean").as_double()).epsilon(1e-12).margin(1e-15));
      CHECK(found.deviation == Approx(expected.at("sd").as_double()).epsilon(1e-12).margin(1e-15));
      const std::vector<double> ends = numbers_of(expected.at("interval"));
      REQUIRE(found.interval);
      CHECK(found.interval->low == Approx(ends[0]).epsilon(1e-9).margin(1e-12));
      CHECK(found.interval->high == Approx(ends[1]).epsilon(1e-9).margin(1e-12));
    }
  }
}

TEST_CASE("one repeat has no interval, and none no importance") {
  CHECK_FALSE(importance_of(std::vector<double>{0.25}).interval);
  CHECK(importance_of(std::vector<double>{0.25}).mean == 0.25);
  CHECK_THROWS_AS(importance_of({}), Error);
}

TEST_CASE("the rank correlation is scipy's spearmanr") {
  for (const Json& each : importance_oracle().at("correlations").as_array()) {
    CHECK(rank_correlation(numbers_of(each.at("a")), numbers_of(each.at("b"))) ==
          Approx(each.at("rho").as_double()).epsilon(1e-12));
  }
  CHECK(std::isnan(rank_correlation(std::vector<double>{1.0}, std::vector<double>{1.0})));
  CHECK(std::isnan(rank_correlation(std::vector<double>{1.0, 1.0}, std::vector<double>{1.0, 2.0})));
  CHECK_THROWS_AS(rank_correlation(std::vector<double>{1.0}, std::vector<double>{1.0, 2.0}), Error);
}
