#include <mlops/stats/distributions.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include <catch2/catch.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

namespace {

using Arguments = std::vector<double>;
using Function = std::function<double(const Arguments&)>;

std::int64_t whole(double value) { return std::llround(value); }

template <double (*function)(double)>
double one(const Arguments& a) {
  return function(a.at(0));
}
template <double (*function)(double, double)>
double two(const Arguments& a) {
  return function(a.at(0), a.at(1));
}
template <double (*function)(double, double, double)>
double three(const Arguments& a) {
  return function(a.at(0), a.at(1), a.at(2));
}
template <double (*function)(std::int64_t, std::int64_t, double)>
double counted(const Arguments& a) {
  return function(whole(a.at(0)), whole(a.at(1)), a.at(2));
}

const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> map = {
      {"normal_cdf", one<normal_cdf>},
      {"normal_sf", one<normal_sf>},
      {"normal_two_sided", one<normal_two_sided>},
      {"normal_quantile", one<normal_quantile>},
      {"student_cdf", two<student_cdf>},
      {"student_two_sided", two<student_two_sided>},
      {"student_quantile", two<student_quantile>},
      {"chi_square_cdf", two<chi_square_cdf>},
      {"chi_square_sf", two<chi_square_sf>},
      {"f_sf", three<f_sf>},
      {"regularised_beta", three<regularised_beta>},
      {"beta_quantile", three<beta_quantile>},
      {"binomial_pmf", counted<binomial_pmf>},
      {"binomial_cdf", counted<binomial_cdf>},
      {"binomial_sf", counted<binomial_sf>},
      {"binomial_quantile",
       [](const Arguments& a) { return static_cast<double>(binomial_quantile(a.at(0), whole(a.at(1)), a.at(2))); }},
      {"hypergeometric_pmf",
       [](const Arguments& a) {
         return hypergeometric_pmf(whole(a.at(0)), whole(a.at(1)), whole(a.at(2)), whole(a.at(3)));
       }},
      {"kolmogorov_sf", one<kolmogorov_sf>},
      {"two_sample_ks_sf",
       [](const Arguments& a) { return two_sample_ks_sf(a.at(0), whole(a.at(1)), whole(a.at(2))); }}};
  return map;
}

}  // namespace

TEST_CASE("distributions agree with scipy's and with 40-digit arithmetic, far into their tails") {
  for (const Json& example : comparison_cases("distributions")) {
    if (example.at("function").as_string() == "kolmogorov_finite_sf") continue;
    INFO(to_line(example));
    const double wanted = example.at("value").as_double();
    // Near a half a quantile has the digits that p has.
    const bool quantile = example.at("function").as_string().ends_with("_quantile");
    const double found = functions().at(example.at("function").as_string())(doubles_of(example.at("arguments")));
    CHECK(found == Approx(wanted).epsilon(2e-12).margin(quantile ? 2e-16 : 1e-300));
  }
}

TEST_CASE("the corrected limit of Kolmogorov's distribution is nearly the distribution of many rows") {
  for (const Json& example : comparison_cases("distributions")) {
    if (example.at("function").as_string() != "kolmogorov_finite_sf") continue;
    INFO(to_line(example));
    const std::vector<double> arguments = doubles_of(example.at("arguments"));
    CHECK(kolmogorov_finite_sf(arguments.at(0), arguments.at(1)) ==
          Approx(example.at("value").as_double()).epsilon(1e-4));
  }
  CHECK(kolmogorov_finite_sf(0, 100) == 1);
  CHECK(kolmogorov_finite_sf(1, 100) == 0);
  CHECK(std::isnan(kolmogorov_finite_sf(0.5, 0)));
}

TEST_CASE("quantiles undo their distributions") {
  for (const double p : {1e-12, 0.001, 0.025, 0.4, 0.6, 0.975, 0.999}) {
    INFO(p);
    CHECK(normal_cdf(normal_quantile(p)) == Approx(p).epsilon(1e-13));
    CHECK(student_cdf(student_quantile(p, 3.5), 3.5) == Approx(p).epsilon(1e-13));
    CHECK(regularised_beta(2.5, 70, beta_quantile(2.5, 70, p)) == Approx(p).epsilon(1e-12));
  }
}

TEST_CASE("distributions have answers at their ends and none outside") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(normal_quantile(0) == -infinity);
  CHECK(normal_quantile(1) == infinity);
  CHECK(std::isnan(normal_quantile(1.5)));
  CHECK(std::isnan(normal_cdf(nan)));
  CHECK(student_sf(infinity, 4) == 0);
  CHECK(student_sf(1.5, infinity) == normal_sf(1.5));
  CHECK(student_sf(1e200, 5) == 0);
  CHECK(student_sf(3, 1e20) == Approx(normal_sf(3)).epsilon(1e-12));
  CHECK(std::isnan(student_sf(1, 0)));
  CHECK(std::isnan(student_quantile(nan, 3)));
  CHECK(chi_square_sf(-1, 3) == 1);
  CHECK(chi_square_sf(infinity, 3) == 0);
  CHECK(std::isnan(chi_square_sf(1, -3)));
  CHECK(f_sf(0, 2, 3) == 1);
  CHECK(f_sf(infinity, 2, 3) == 0);
  CHECK(binomial_cdf(-1, 5, 0.5) == 0);
  CHECK(binomial_cdf(5, 5, 0.5) == 1);
  CHECK(binomial_pmf(0, 0, 0.5) == 1);
  CHECK(binomial_pmf(3, 3, 1) == 1);
  CHECK(std::isnan(binomial_cdf(1, 5, nan)));
  CHECK(beta_quantile(2, 3, 0) == 0);
  CHECK(beta_quantile(2, 3, 1) == 1);
  CHECK(std::isnan(regularised_beta(-1, 2, 0.5)));
  CHECK(kolmogorov_sf(-1) == 1);
  CHECK(two_sample_ks_sf(1.01, 5, 5) == 0);
  CHECK(two_sample_ks_sf(0, 5, 5) == 1);
  CHECK(two_sample_ks_sf(1e-12, 5, 5) == 1);
  CHECK(std::isnan(two_sample_ks_sf(0.5, 0, 5)));
  CHECK(std::isnan(two_sample_ks_sf(0.5, 200'000, 100'000)));
}
