#include <mlops/stats/classification.hpp>

#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

ConfusionMatrix matrix_of(const Json& example) {
  const auto truth = labels_of(example.at("truth"));
  const auto predicted = labels_of(example.at("predicted"));
  const auto weights = numbers_of(example.at("weights"));
  const auto classes = static_cast<std::uint32_t>(example.at("classes").as_integer());
  return ConfusionMatrix{{.truth = truth, .predicted = predicted, .classes = classes, .weights = weights}};
}

// "macro", "micro", "weighted", or the number of a class.
MetricValue by_class(const std::string& name, const ConfusionMatrix& matrix, auto ofAverage, auto ofClass) {
  static const std::map<std::string, Average> averages = {
      {"macro", Average::macro}, {"micro", Average::micro}, {"weighted", Average::weighted}};
  const auto average = averages.find(name);
  if (average != averages.end()) return ofAverage(matrix, average->second);
  return ofClass(matrix, static_cast<std::uint32_t>(std::stoul(name)));
}

MetricValue compute(const std::string& name, const ConfusionMatrix& matrix) {
  const std::map<std::string, std::function<MetricValue()>> whole = {
      {"accuracy", [&] { return accuracy(matrix); }},
      {"balanced_accuracy", [&] { return balanced_accuracy(matrix); }},
      {"mcc", [&] { return matthews_correlation(matrix); }},
      {"kappa", [&] { return cohen_kappa(matrix); }},
      {"positive_rate", [&] { return positive_rate(matrix, 1); }}};
  if (const auto found = whole.find(name); found != whole.end()) return found->second();

  const std::string score = before_slash(name);
  const auto of = [&](auto compute_one) { return by_class(behind_slash(name), matrix, compute_one, compute_one); };
  if (score == "precision") return of([](const auto& m, auto which) { return precision(m, which); });
  if (score == "recall") return of([](const auto& m, auto which) { return recall(m, which); });
  if (score == "specificity") return of([](const auto& m, auto which) { return specificity(m, which); });
  const double beta = std::stod(score.substr(1));
  return of([beta](const auto& m, auto which) { return f_beta(m, which, beta); });
}

ConfusionMatrix binary(double true_negative, double false_positive, double false_negative, double true_positive) {
  return ConfusionMatrix{2, {true_negative, false_positive, false_negative, true_positive}};
}

}  // namespace

TEST_CASE("metrics of labels agree with scikit-learn") {
  for (const Json& example : metrics_oracle("labels").as_array()) {
    const ConfusionMatrix matrix = matrix_of(example);
    for (const auto& [name, expected] : example.at("expected").as_object()) {
      const MetricValue found = compute(name, matrix);
      INFO(example.at("name").as_string() << ": " << name << " is " << found.value << ", not "
                                          << (expected.is_null() ? "NaN" : number_text(expected.as_double())));
      CHECK(is_close(found, expected));
    }
  }
}

TEST_CASE("the same cells give the same metrics as the rows they were counted from") {
  for (const Json& example : metrics_oracle("labels").as_array()) {
    const ConfusionMatrix rows = matrix_of(example);
    const ConfusionMatrix cells{rows.classes(), {rows.cells().begin(), rows.cells().end()}};
    CHECK(accuracy(cells).value == accuracy(rows).value);
    CHECK(matthews_correlation(cells).value == matthews_correlation(rows).value);
    CHECK(f_beta(cells, Average::macro).value == f_beta(rows, Average::macro).value);
  }
}

TEST_CASE("a matrix counts each class against the rest") {
  const std::vector<std::uint32_t> truth = {0, 0, 1, 2, 2, 2};
  const std::vector<std::uint32_t> predicted = {0, 1, 1, 2, 2, 0};
  const std::vector<double> weights = {1, 2, 4, 8, 16, 32};
  const ConfusionMatrix matrix{{.truth = truth, .predicted = predicted, .classes = 3, .weights = weights}};
  CHECK(matrix.at(2, 0) == 32);
  CHECK(matrix.total() == 63);
  CHECK(matrix.of(0).true_positive == 1);
  CHECK(matrix.of(0).false_positive == 32);
  CHECK(matrix.of(0).false_negative == 2);
  CHECK(matrix.of(0).true_negative == 28);
}

TEST_CASE("an empty denominator gives 0, as zero_division=0 does, and is said") {
  const ConfusionMatrix never_predicted = binary(8, 0, 2, 0);
  CHECK(precision(never_predicted, 1).value == 0);
  CHECK_FALSE(precision(never_predicted, 1).is_defined);
  CHECK(recall(never_predicted, 1).is_defined);
  CHECK(f_beta(never_predicted, 1).is_defined);
  CHECK_FALSE(precision(never_predicted, Average::macro).is_defined);
  CHECK(precision(never_predicted, Average::micro).is_defined);
  CHECK(matthews_correlation(never_predicted).value == 0);
  CHECK_FALSE(matthews_correlation(never_predicted).is_defined);

  const ConfusionMatrix never_true = binary(8, 2, 0, 0);
  CHECK_FALSE(recall(never_true, 1).is_defined);
  CHECK(precision(never_true, 1).is_defined);

  const ConfusionMatrix absent = binary(8, 0, 0, 0);
  CHECK_FALSE(f_beta(absent, 1).is_defined);
  CHECK_FALSE(specificity(absent, 0).is_defined);
  CHECK(std::isnan(cohen_kappa(absent).value));
}

TEST_CASE("without rows nothing is defined") {
  const ConfusionMatrix none{Labelled{}};
  CHECK(std::isnan(accuracy(none).value));
  CHECK(std::isnan(balanced_accuracy(none).value));
  CHECK(std::isnan(matthews_correlation(none).value));
  CHECK(std::isnan(positive_rate(none, 1).value));
  CHECK(f_beta(none, Average::macro).value == 0);
  CHECK_FALSE(f_beta(none, Average::weighted).is_defined);
}

// The shares are the same as of 90, 10, 20 and 80: (90·80 - 10·20) / √(100·100·110·90), by hand.
TEST_CASE("counts may be huge, and weights tiny") {
  for (const double scale : {1.0, 1e100, 1e-100, 1e300}) {
    INFO(scale);
    const ConfusionMatrix matrix = binary(90 * scale, 10 * scale, 20 * scale, 80 * scale);
    CHECK(matthews_correlation(matrix).value == Approx(7000 / std::sqrt(99e6)).epsilon(1e-12));
    CHECK(cohen_kappa(matrix).value == Approx(0.7).epsilon(1e-12));
    CHECK(accuracy(matrix).value == Approx(0.85).epsilon(1e-12));
  }
}

// One positive among a million, found with one false alarm: (999998·1 - 1·0) / √(1·2·999998·999999), by hand.
TEST_CASE("rare classes lose no digits") {
  CHECK(matthews_correlation(binary(999'998, 1, 0, 1)).value ==
        Approx(999'998 / std::sqrt(2.0 * 999'998 * 999'999)).epsilon(1e-14));
}

TEST_CASE("a constant prediction has no correlation, whatever the weights add up to") {
  const std::vector<std::uint32_t> truth = {0, 1, 2, 3, 2, 3};
  const std::vector<std::uint32_t> constant(6, 1);
  Random random{1};
  std::vector<double> weights(6);
  for (int time = 0; time < 1000; ++time) {
    for (double& weight : weights) weight = random.uniform();
    const ConfusionMatrix matrix{{.truth = truth, .predicted = constant, .classes = 4, .weights = weights}};
    const MetricValue found = matthews_correlation(matrix);
    REQUIRE(found.value == 0);
    REQUIRE_FALSE(found.is_defined);
  }
}

TEST_CASE("columns that don't fit are refused with the row at fault") {
  const std::vector<std::uint32_t> two = {0, 1};
  const std::vector<std::uint32_t> three = {0, 1, 2};
  const std::vector<double> negative = {1, -1};
  const std::vector<double> odd = {std::nan(""), 1};
  const auto refused = [](const Labelled& rows, const std::string& message) {
    CHECK_THROWS_WITH(ConfusionMatrix{rows}, message);
  };
  refused({.truth = two, .predicted = three, .classes = 3}, "2 true values, but 3 predicted labels");
  refused({.truth = three, .predicted = three, .classes = 2},
          "the true label of row 3 is class 2 of 2, counted from 0");
  refused({.truth = two, .predicted = two, .weights = negative}, "the weight of row 2 is negative: -1");
  refused({.truth = two, .predicted = two, .weights = odd}, "the weight of row 1 is not a finite number: nan");
  refused({.classes = 4'000'000'000}, "4000000000 classes; there can be 1 to 4096");
  CHECK_THROWS_AS(ConfusionMatrix(2, {1, 2, 3}), Error);
  CHECK_THROWS_AS(ConfusionMatrix(1, {-1}), Error);
  CHECK_THROWS_AS(precision(binary(1, 1, 1, 1), 2), Error);
  CHECK_THROWS_AS(f_beta(binary(1, 1, 1, 1), 1, -1), Error);
}
