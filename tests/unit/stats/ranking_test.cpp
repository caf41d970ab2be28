#include <mlops/stats/ranking.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

// "ndcg/linear/3", "map/3"
MetricValue compute_ranking(const std::string& name, const RankedItems& rows) {
  const std::size_t k = std::stoul(behind_slash(name));
  const std::string metric = before_slash(name);
  if (metric == "ndcg/linear") return ndcg(rows, k);
  if (metric == "ndcg/exponential") return ndcg(rows, k, Gain::exponential);
  return metric == "map" ? mean_average_precision(rows, k) : mean_reciprocal_rank(rows, k);
}

}  // namespace

TEST_CASE("metrics of rankings agree with scikit-learn, and with the mean over all orders of ties") {
  for (const Json& example : metrics_oracle("rankings").as_array()) {
    const auto relevance = numbers_of(example.at("relevance"));
    const auto scores = numbers_of(example.at("scores"));
    const auto groups = labels_of<std::uint64_t>(example.at("groups"));
    for (const auto& [name, expected] : example.at("expected").as_object()) {
      const MetricValue found = compute_ranking(name, {.relevance = relevance, .scores = scores, .groups = groups});
      INFO(example.at("name").as_string()
           << ": " << name << " is " << found.value << ", not " << number_text(expected.as_double()));
      CHECK(is_close(found, expected));
    }
  }
}

TEST_CASE("a group without relevant items counts as 0, and that is said") {
  const std::vector<double> relevance = {1, 0, 0, 0};
  const std::vector<double> scores = {2, 1, 2, 1};
  const std::vector<std::uint64_t> groups = {5, 5, 9, 9};
  const RankedItems rows{.relevance = relevance, .scores = scores, .groups = groups};
  for (const MetricValue& found : {ndcg(rows), mean_average_precision(rows), mean_reciprocal_rank(rows)}) {
    CHECK(found.value == 0.5);
    CHECK_FALSE(found.is_defined);
  }
}

TEST_CASE("the order of rows earns nothing") {
  std::vector<double> relevance = {3, 2, 1, 0, 0, 0, 0, 0};
  const std::vector<double> constant(8, 1);
  const std::vector<std::uint64_t> groups(8, 1);
  const RankedItems rows{.relevance = relevance, .scores = constant, .groups = groups};
  const double before = mean_average_precision(rows).value;
  CHECK(before < 0.6);
  std::ranges::reverse(relevance);
  CHECK(mean_average_precision(rows).value == before);
  CHECK(mean_reciprocal_rank(rows).value < 0.7);
  CHECK(ndcg(rows).value < 0.8);
}

TEST_CASE("rankings that make no sense are refused") {
  const std::vector<double> one = {1};
  const std::vector<double> negative = {-1};
  const std::vector<double> huge = {1000};
  const std::vector<std::uint64_t> groups = {1};
  CHECK_THROWS_WITH(ndcg({.relevance = negative, .scores = one, .groups = groups}),
                    "the relevance of row 1 is negative: -1");
  CHECK_THROWS_WITH(ndcg({.relevance = one, .scores = one, .groups = {}}), "1 true values, but 0 groups");
  CHECK_THROWS_AS(mean_reciprocal_rank({.relevance = one, .scores = one, .groups = groups}, 0), Error);
  CHECK_THROWS_AS(ndcg({.relevance = huge, .scores = one, .groups = groups}, all_ranks, Gain::exponential), Error);
  CHECK(ndcg({.relevance = huge, .scores = one, .groups = groups}).value == 1);
  CHECK(std::isnan(ndcg({}).value));
}

TEST_CASE("the figures of groups come in the order of their numbers, and their mean is the metric") {
  const std::vector<double> relevance = {1, 0, 0, 1, 0, 0};
  const std::vector<double> scores = {0.2, 0.9, 0.1, 0.8, 0.3, 0.4};
  const std::vector<std::uint64_t> groups = {9, 9, 4, 4, 7, 7};
  const RankedItems rows{.relevance = relevance, .scores = scores, .groups = groups};
  const auto found = metric_by_group(Metric::mrr, rows);
  REQUIRE(found.size() == 3);
  CHECK(found[0].value == 1);  // 4
  CHECK(found[1].value == 0);  // 7 has nothing relevant
  CHECK_FALSE(found[1].is_defined);
  CHECK(found[2].value == 0.5);  // 9
  CHECK(mean_reciprocal_rank(rows).value == Approx(0.5));
  CHECK_THROWS_AS(metric_by_group(Metric::accuracy, rows), mlops::Error);
}
