#include <mlops/stats/probabilities.hpp>

#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include <mlops/stats/calibration.hpp>
#include <mlops/stats/roc.hpp>
#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

using Metrics = std::map<std::string, std::function<MetricValue()>>;

void check_all(const Json& example, const Metrics& metrics) {
  for (const auto& [name, expected] : example.at("expected").as_object()) {
    const MetricValue found = metrics.at(name)();
    INFO(example.at("name").as_string() << ": " << name << " is " << found.value << ", not "
                                        << number_text(expected.as_double()));
    CHECK(is_close(found, expected));
    CHECK(found.is_defined);
  }
}

MetricValue calibration(const auto& rows, Binning binning) {
  return calibration_error(reliability_bins(rows, binning));
}

}  // namespace

TEST_CASE("metrics of the scores of two classes agree with scikit-learn") {
  for (const Json& example : metrics_oracle("scores").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const BinaryScores rows{.truth = truth, .scores = scores, .weights = weights};
    check_all(example, {{"log_loss", [&] { return log_loss(rows); }},
                        {"brier", [&] { return brier(rows); }},
                        {"roc_auc", [&] { return roc_auc(rows); }},
                        {"average_precision", [&] { return average_precision(rows); }},
                        {"ece/equal_count", [&] { return calibration(rows, Binning::equal_count); }},
                        {"ece/equal_width", [&] { return calibration(rows, Binning::equal_width); }}});
  }
}

TEST_CASE("metrics of the scores of many classes agree with scikit-learn") {
  for (const Json& example : metrics_oracle("class_scores").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const auto classes = static_cast<std::uint32_t>(example.at("classes").as_integer());
    const ClassScores rows{.truth = truth, .scores = scores, .classes = classes, .weights = weights};
    const auto auc = [&](MultiClass scheme, Average average) {
      return [&rows, scheme, average] { return roc_auc(rows, scheme, average); };
    };
    check_all(example, {{"log_loss", [&] { return log_loss(rows); }},
                        {"brier", [&] { return brier(rows); }},
                        {"top_1_accuracy", [&] { return top_k_accuracy(rows, 1); }},
                        {"top_3_accuracy", [&] { return top_k_accuracy(rows, 3); }},
                        {"roc_auc/ovr/macro", auc(MultiClass::one_vs_rest, Average::macro)},
                        {"roc_auc/ovr/weighted", auc(MultiClass::one_vs_rest, Average::weighted)},
                        {"roc_auc/ovo/macro", auc(MultiClass::one_vs_one, Average::macro)},
                        {"roc_auc/ovo/weighted", auc(MultiClass::one_vs_one, Average::weighted)},
                        {"average_precision/macro", [&] { return average_precision(rows, Average::macro); }},
                        {"average_precision/weighted", [&] { return average_precision(rows, Average::weighted); }},
                        {"ece/equal_count", [&] { return calibration(rows, Binning::equal_count); }},
                        {"ece/equal_width", [&] { return calibration(rows, Binning::equal_width); }}});
  }
}

TEST_CASE("reliability bins are those of calibration_curve") {
  for (const Json& example : metrics_oracle("scores").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const BinaryScores rows{.truth = truth, .scores = scores, .weights = weights};
    for (const auto& [strategy, binning] :
         {std::pair{"quantile", Binning::equal_count}, std::pair{"uniform", Binning::equal_width}}) {
      INFO(example.at("name").as_string() << ", " << strategy);
      const auto bins = reliability_bins(rows, binning);
      const auto& expected = example.at("bins").at(strategy).as_array();
      REQUIRE(bins.size() == expected.size());
      for (std::size_t at = 0; at < bins.size(); ++at) {
        CHECK(bins[at].low == expected[at].at("low").as_double());
        CHECK(bins[at].high == expected[at].at("high").as_double());
        CHECK(static_cast<std::int64_t>(bins[at].count) == expected[at].at("count").as_integer());
        CHECK(is_close(bins[at].weight, expected[at].at("weight")));
        CHECK(is_close(bins[at].mean_score, expected[at].at("mean_score")));
        CHECK(is_close(bins[at].positive_rate, expected[at].at("positive_rate")));
      }
    }
  }
}

// Scores of k / 100 lie on the edges of tenths, which binary fractions miss by a bit on either side.
TEST_CASE("a score on an edge belongs to the bin below it") {
  const std::vector<std::uint32_t> truth = {0, 1, 0, 1};
  const std::vector<double> scores = {0, 0.1, 0.5, 1};
  const auto bins = reliability_bins(BinaryScores{.truth = truth, .scores = scores}, Binning::equal_width, 2);
  REQUIRE(bins.size() == 2);
  CHECK(bins[0].count == 3);
  CHECK(bins[1].count == 1);
}

TEST_CASE("probabilities are kept away from 0 and 1 by the machine epsilon") {
  const std::vector<std::uint32_t> wrong = {1};
  const std::vector<double> certain = {0};
  CHECK(log_loss(BinaryScores{.truth = wrong, .scores = certain}).value == Approx(52 * std::log(2)).epsilon(1e-14));
}

TEST_CASE("a row of weight 0 counts as absent") {
  const std::vector<std::uint32_t> truth = {1, 0, 1};
  const std::vector<double> scores = {0.9, 0.2, 0};
  const std::vector<double> weights = {2, 1, 0};
  const BinaryScores rows{.truth = truth, .scores = scores, .weights = weights};
  CHECK(roc_auc(rows).value == 1);
  CHECK(brier(rows).value == Approx((2 * 0.01 + 0.04) / 3));
  const std::vector<double> none = {0, 0, 0};
  const BinaryScores absent{.truth = truth, .scores = scores, .weights = none};
  CHECK(std::isnan(brier(absent).value));
  CHECK_FALSE(log_loss(absent).is_defined);
  CHECK(reliability_bins(absent, Binning::equal_count).empty());
  CHECK(std::isnan(calibration_error({}).value));
}

TEST_CASE("what is no probability is refused with its row") {
  const std::vector<std::uint32_t> truth = {0, 1};
  const std::vector<double> beyond = {0.5, 1.5};
  CHECK_THROWS_WITH(log_loss(BinaryScores{.truth = truth, .scores = beyond}),
                    "the score of row 2 is no probability: 1.5");
  CHECK_THROWS_AS(reliability_bins(BinaryScores{.truth = truth, .scores = beyond}, Binning::equal_width), Error);
  CHECK(roc_auc(BinaryScores{.truth = truth, .scores = beyond}).value == 1);

  const std::vector<double> uneven = {0.5, 0.5, 0.9, 0.9};
  CHECK_THROWS_WITH(log_loss(ClassScores{.truth = truth, .scores = uneven}),
                    "the probabilities of row 2 add up to 1.8, not to 1");
  const std::vector<double> odd = {0.5, 0.5, 0.9, std::nan("")};
  CHECK_THROWS_WITH(brier(ClassScores{.truth = truth, .scores = odd}), "a score of row 2 is not a finite number: nan");
  CHECK_THROWS_WITH(brier(ClassScores{.truth = truth, .scores = odd, .classes = 3}),
                    "2 true values of 3 classes, but 4 scores");
  CHECK_THROWS_AS(top_k_accuracy(ClassScores{.truth = truth, .scores = uneven}, 0), Error);
  CHECK_THROWS_AS(reliability_bins(BinaryScores{}, Binning::equal_width, 0), Error);
}
