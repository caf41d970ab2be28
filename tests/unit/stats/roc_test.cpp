#include <mlops/stats/roc.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

double area_under(const std::vector<RocPoint>& points) {
  double area = 0;
  for (std::size_t at = 1; at < points.size(); ++at) {
    const double width = points[at].false_positive_rate - points[at - 1].false_positive_rate;
    area += width * (points[at].true_positive_rate + points[at - 1].true_positive_rate) / 2;
  }
  return area;
}

bool is_among(const RocPoint& point, const Json& expected) {
  return std::ranges::any_of(expected.as_array(), [&](const Json& pair) {
    return is_close(point.false_positive_rate, pair.as_array().at(0)) &&
           is_close(point.true_positive_rate, pair.as_array().at(1));
  });
}

// Positives score higher, but nowhere alone: the curve is 1 - (1 - x)².
struct Sample {
  std::vector<std::uint32_t> truth;
  std::vector<double> scores;
  [[nodiscard]] BinaryScores rows() const { return {.truth = truth, .scores = scores}; }
};

Sample random_sample(std::size_t count) {
  Random random{3};
  Sample sample;
  for (std::size_t i = 0; i < count; ++i) {
    sample.truth.push_back(static_cast<std::uint32_t>(random.below(2)));
    const double score = random.uniform();
    sample.scores.push_back(sample.truth.back() == 1 ? std::sqrt(score) : score);
  }
  return sample;
}

}  // namespace

TEST_CASE("the ROC curve has the corners of scikit-learn's, and its area is the metric") {
  for (const Json& example : metrics_oracle("scores").as_array()) {
    INFO(example.at("name").as_string());
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const auto points = roc_curve({.truth = truth, .scores = scores, .weights = weights}, 1000);
    CHECK(is_close(area_under(points), example.at("expected").at("roc_auc")));
    CHECK(std::ranges::all_of(points, [&](const RocPoint& point) { return is_among(point, example.at("roc")); }));
    CHECK(points.front().true_positive_rate == 0);
    CHECK(points.back().true_positive_rate == 1);
    CHECK(points.back().false_positive_rate == 1);
  }
}

TEST_CASE("the curve of precision and recall is scikit-learn's, up to full recall") {
  for (const Json& example : metrics_oracle("scores").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const auto points = precision_recall_curve({.truth = truth, .scores = scores, .weights = weights}, 1000);
    for (const PrecisionRecallPoint& point : points) {
      INFO(example.at("name").as_string() << " at " << point.threshold);
      CHECK(std::ranges::any_of(example.at("precision_recall").as_array(), [&](const Json& expected) {
        return is_close(point.threshold, expected.as_array().at(0)) &&
               is_close(point.recall, expected.as_array().at(1)) &&
               is_close(point.precision, expected.as_array().at(2));
      }));
    }
    CHECK(points.front().threshold == *std::ranges::max_element(scores));
    CHECK(points.back().recall == 1);
  }
}

TEST_CASE("curves for plots have the points they may have, spread along the curve") {
  const Sample sample = random_sample(50'000);
  const auto points = roc_curve(sample.rows(), 100);
  CHECK((points.size() > 90 && points.size() <= 100));
  CHECK(area_under(points) == Approx(roc_auc(sample.rows()).value).margin(1e-3));
  for (std::size_t at = 1; at < points.size(); ++at) {
    CHECK(points[at].false_positive_rate - points[at - 1].false_positive_rate < 0.05);
    CHECK(points[at].threshold < points[at - 1].threshold);
  }
  const auto recalls = precision_recall_curve(sample.rows(), 100);
  CHECK((recalls.size() > 90 && recalls.size() <= 100));
  CHECK(recalls.back().recall == 1);
  CHECK(roc_curve(sample.rows(), 2).size() == 2);
  CHECK_THROWS_AS(roc_curve(sample.rows(), 1), Error);
}

TEST_CASE("areas are 0.5 for constant scores, and don't change with the scale of scores") {
  Sample sample = random_sample(1000);
  const double area = roc_auc(sample.rows()).value;
  for (double& score : sample.scores) score = std::exp(score * 300) - 1e9;
  CHECK(roc_auc(sample.rows()).value == area);
  std::ranges::fill(sample.scores, 1e300);
  CHECK(roc_auc(sample.rows()).value == 0.5);
}

TEST_CASE("rows are in the order of a stable sort by falling score, be they few or many") {
  for (const std::size_t count : {100u, 20'000u}) {
    Random random{11};
    std::vector<double> scores = {0.0, -0.0, 1e300, -1e300, 1e-300};
    while (scores.size() < count) scores.push_back(std::round(random.uniform() * 5000 - 2500) / 7);
    std::vector<std::size_t> expected(count);
    std::iota(expected.begin(), expected.end(), std::size_t{0});
    std::ranges::stable_sort(expected, std::ranges::greater{}, [&](std::size_t row) { return scores[row]; });
    const ScoreOrder order{scores};
    CHECK(std::ranges::equal(order.rows(), expected));
    CHECK(order.ends().size() == std::set<double>(scores.begin(), scores.end()).size());
    CHECK(order.ends().back() == count);
  }
}

TEST_CASE("sorted once, rows can be weighted again and again") {
  const Sample sample = random_sample(500);
  const ScoreOrder order{sample.scores};
  Random random{5};
  std::vector<double> weights(500);
  for (double& weight : weights) weight = static_cast<double>(random.below(3));
  BinaryScores rows = sample.rows();
  rows.weights = weights;
  CHECK(roc_auc(rows, order).value == roc_auc(rows).value);
  CHECK(average_precision(rows, order).value == average_precision(rows).value);
  CHECK_THROWS_WITH(roc_auc(random_sample(3).rows(), order), "3 rows, but an order of 500");
}

TEST_CASE("of one class there is no area") {
  const std::vector<std::uint32_t> ones = {1, 1, 1};
  const std::vector<std::uint32_t> zeros = {0, 0, 0};
  const std::vector<double> scores = {0.2, 0.4, 0.4};
  for (const auto& truth : {ones, zeros}) {
    const MetricValue area = roc_auc(BinaryScores{.truth = truth, .scores = scores});
    CHECK(std::isnan(area.value));
    CHECK_FALSE(area.is_defined);
    CHECK(roc_curve({.truth = truth, .scores = scores}).empty());
  }
  CHECK(average_precision(BinaryScores{.truth = ones, .scores = scores}).value == 1);
  const MetricValue none = average_precision(BinaryScores{.truth = zeros, .scores = scores});
  CHECK(none.value == 0);
  CHECK_FALSE(none.is_defined);
  CHECK_FALSE(roc_auc(BinaryScores{}).is_defined);

  const std::vector<double> of_three = {0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.1, 0.8, 0.1};
  const std::vector<std::uint32_t> two_of_three = {0, 1, 1};
  const ClassScores rows{.truth = two_of_three, .scores = of_three, .classes = 3};
  CHECK(std::isnan(roc_auc(rows, MultiClass::one_vs_rest).value));
  CHECK(std::isnan(roc_auc(rows, MultiClass::one_vs_one).value));
  CHECK_FALSE(average_precision(rows).is_defined);
  CHECK_THROWS_AS(roc_auc(rows, MultiClass::one_vs_rest, Average::micro), Error);
}

TEST_CASE("scores that aren't finite are refused") {
  const std::vector<std::uint32_t> truth = {0, 1};
  const std::vector<double> scores = {0.5, std::numeric_limits<double>::infinity()};
  CHECK_THROWS_WITH(roc_auc(BinaryScores{.truth = truth, .scores = scores}),
                    "the score of row 2 is not a finite number: inf");
}
