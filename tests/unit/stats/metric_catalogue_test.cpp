#include <mlops/stats/metric_catalogue.hpp>

#include <set>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::stats;

TEST_CASE("a metric is found by its name and by its other name") {
  CHECK(metric_named("roc_auc").metric == Metric::roc_auc);
  CHECK(metric_named("auc").metric == Metric::roc_auc);
  CHECK(metric_named("pr_auc").metric == Metric::average_precision);
  CHECK(find_metric("") == nullptr);
  CHECK(find_metric("AUC") == nullptr);
}

TEST_CASE("a metric that does not exist is refused with the near miss") {
  CHECK(near_metric("acuracy") == "accuracy");
  CHECK_FALSE(near_metric("elephants").has_value());
  try {
    static_cast<void>(metric_named("latency_p98"));
    FAIL("a metric that does not exist");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.message() == "no metric `latency_p98`");
    REQUIRE(error.hints().size() == 1);
    CHECK(error.hints().front().starts_with("did you mean `latency_p9"));
  }
}

TEST_CASE("no two metrics share a name, and each says what it is for") {
  std::set<std::string_view> names;
  for (const MetricInfo& info : metric_catalogue()) {
    INFO(info.name);
    CHECK(names.insert(info.name).second);
    CHECK((info.alias.empty() || names.insert(info.alias).second));
    CHECK(info.tasks != 0);
    CHECK(info.least < info.most);
    CHECK_FALSE(info.meaning.empty());
    CHECK(&info_of(info.metric) == &info);
  }
}

TEST_CASE("errors are better low, agreement is better high, and counts are neither") {
  CHECK(info_of(Metric::rmse).better == Direction::lower);
  CHECK(info_of(Metric::ece).better == Direction::lower);
  CHECK(info_of(Metric::latency_p99).better == Direction::lower);
  CHECK(info_of(Metric::r2).better == Direction::higher);
  CHECK(info_of(Metric::ndcg).better == Direction::higher);
  CHECK(info_of(Metric::positive_rate).better == Direction::neither);
  CHECK(info_of(Metric::count).fits(Task::latency));
  CHECK_FALSE(info_of(Metric::accuracy).fits(Task::regression));
}
