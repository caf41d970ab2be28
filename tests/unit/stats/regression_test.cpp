#include <mlops/stats/regression.hpp>

#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

TEST_CASE("metrics of numbers agree with scikit-learn") {
  for (const Json& example : metrics_oracle("numbers").as_array()) {
    const auto truth = numbers_of(example.at("truth"));
    const auto predicted = numbers_of(example.at("predicted"));
    const auto weights = numbers_of(example.at("weights"));
    const NumberPairs rows{.truth = truth, .predicted = predicted, .weights = weights};
    const std::map<std::string, std::function<MetricValue()>> metrics = {
        {"mae", [&] { return mean_absolute_error(rows); }},
        {"mse", [&] { return mean_squared_error(rows); }},
        {"rmse", [&] { return root_mean_squared_error(rows); }},
        {"mape", [&] { return mean_absolute_percentage_error(rows); }},
        {"r2", [&] { return r_squared(rows); }},
        {"explained_variance", [&] { return explained_variance(rows); }},
        {"median_absolute_error", [&] { return median_absolute_error(rows); }},
        {"max_error", [&] { return max_error(rows); }},
        {"pinball/0.5", [&] { return pinball_loss(rows); }},
        {"pinball/0.9", [&] { return pinball_loss(rows, 0.9); }}};
    for (const auto& [name, expected] : example.at("expected").as_object()) {
      const MetricValue found = metrics.at(name)();
      INFO(example.at("name").as_string()
           << ": " << name << " is " << found.value << ", not " << number_text(expected.as_double()));
      CHECK(is_close(found, expected));
    }
  }
}

TEST_CASE("a constant truth leaves nothing to explain") {
  const std::vector<double> truth(10, 0.1);
  const std::vector<double> weights = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};
  std::vector<double> predicted = truth;
  const NumberPairs rows{.truth = truth, .predicted = predicted, .weights = weights};
  CHECK(r_squared(rows).value == 1);
  CHECK_FALSE(r_squared(rows).is_defined);
  predicted[3] = 0.2;
  CHECK(r_squared(rows).value == 0);
  CHECK(explained_variance(rows).value == 0);
}

TEST_CASE("weights of 1 leave the median where it is") {
  const std::vector<double> truth(4, 0);
  const std::vector<double> predicted = {1, 2, 4, 8};
  const std::vector<double> ones(4, 1);
  const std::vector<double> uneven = {1, 1, 1, 4};
  CHECK(median_absolute_error({.truth = truth, .predicted = predicted}).value == 3);
  CHECK(median_absolute_error({.truth = truth, .predicted = predicted, .weights = ones}).value == 3);
  CHECK(median_absolute_error({.truth = truth, .predicted = predicted, .weights = uneven}).value == 8);
}

TEST_CASE("a row of weight 0 counts as absent, however wrong it is") {
  const std::vector<double> truth = {1, 2, 1e308};
  const std::vector<double> predicted = {1.5, 2.5, -1e308};
  const std::vector<double> weights = {1, 1, 0};
  const NumberPairs rows{.truth = truth, .predicted = predicted, .weights = weights};
  CHECK(mean_squared_error(rows).value == 0.25);
  CHECK(max_error(rows).value == 0.5);
  CHECK(median_absolute_error(rows).value == 0.5);
  CHECK(r_squared(rows).value == 0);
}

TEST_CASE("what has no answer is not defined") {
  const std::vector<double> one = {3};
  CHECK_FALSE(r_squared({.truth = one, .predicted = one}).is_defined);
  CHECK(mean_absolute_error({.truth = one, .predicted = one}).value == 0);
  for (const auto metric : {mean_absolute_error, mean_squared_error, root_mean_squared_error, median_absolute_error,
                            max_error, r_squared, explained_variance, mean_absolute_percentage_error}) {
    CHECK(std::isnan(metric({}).value));
    CHECK_FALSE(metric({}).is_defined);
  }
  const std::vector<double> huge = {1e308, -1e308};
  const std::vector<double> opposite = {-1e308, 1e308};
  CHECK_FALSE(mean_squared_error({.truth = huge, .predicted = opposite}).is_defined);
  CHECK_FALSE(r_squared({.truth = huge, .predicted = opposite}).is_defined);
}

TEST_CASE("numbers that aren't finite, and quantiles that are none, are refused") {
  const std::vector<double> numbers = {1, 2};
  const std::vector<double> odd = {1, std::nan("")};
  CHECK_THROWS_WITH(mean_absolute_error({.truth = numbers, .predicted = odd}),
                    "the predicted number of row 2 is not a finite number: nan");
  CHECK_THROWS_AS(pinball_loss({.truth = numbers, .predicted = numbers}, 1.1), Error);
  CHECK_THROWS_AS(pinball_loss({.truth = numbers, .predicted = numbers}, std::nan("")), Error);
}
