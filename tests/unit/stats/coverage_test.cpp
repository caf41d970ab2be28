// Intervals held against what they promise, on a thousand samples whose truth is known. Seeds are fixed.
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/stats/bootstrap.hpp>
#include <mlops/stats/delong.hpp>
#include <mlops/stats/distributions.hpp>
#include <mlops/stats/means.hpp>
#include <mlops/stats/noninferiority.hpp>
#include <mlops/stats/proportion.hpp>
#include <mlops/stats/random.hpp>

using namespace mlops::stats;

namespace {

constexpr int samples = 1000;

bool covers(const Interval& interval, double truth) { return interval.low <= truth && truth <= interval.high; }

template <typename Draw>
double coverage_of(double truth, const Draw& draw) {
  Random random{77};
  int covered = 0;
  for (int i = 0; i < samples; ++i) covered += covers(draw(random), truth) ? 1 : 0;
  return static_cast<double>(covered) / samples;
}

// A sample of rows in cells, with these chances.
std::vector<std::int64_t> draw_sample(Random& random, const std::vector<double>& chances, int rows) {
  std::vector<std::int64_t> cells(chances.size(), 0);
  for (int row = 0; row < rows; ++row) {
    double left = random.uniform();
    std::size_t cell = 0;
    while (cell + 1 < chances.size() && left >= chances[cell]) left -= chances[cell++];
    ++cells[cell];
  }
  return cells;
}

// Truth x champion x challenger, each 0 or 1: place 4 truth + 2 champion + challenger. The difference of F1.
double f1_difference(std::span<const double> c) {
  const double champion = 2 * (c[6] + c[7]) / (2 * (c[6] + c[7]) + c[2] + c[3] + c[4] + c[5]);
  const double challenger = 2 * (c[5] + c[7]) / (2 * (c[5] + c[7]) + c[1] + c[3] + c[4] + c[6]);
  return challenger - champion;
}

const std::vector<double> cell_chances = {0.50, 0.05, 0.04, 0.06, 0.05, 0.06, 0.04, 0.20};

BootstrapOptions small_bootstrap(BootstrapInterval interval, std::uint64_t seed) {
  BootstrapOptions options;
  options.replicates = 600;
  options.interval = interval;
  options.seed = seed;
  options.threads = 1;
  return options;
}

}  // namespace

TEST_CASE("bootstrap intervals of a difference of F1 cover it in 95 of 100 samples") {
  for (const BootstrapInterval interval : {BootstrapInterval::percentile, BootstrapInterval::bca}) {
    const double coverage = coverage_of(f1_difference(cell_chances), [interval](Random& random) {
      const std::vector<std::int64_t> cells = draw_sample(random, cell_chances, 400);
      return bootstrap_cells(cells, f1_difference, small_bootstrap(interval, random())).estimate.interval;
    });
    CHECK(coverage >= 0.93);
    CHECK(coverage <= 0.97);
  }
}

TEST_CASE("expanded intervals of a few clusters cover the mean where rows of a cluster are alike") {
  const auto coverage_by = [](bool expanded) {
    return coverage_of(0.5, [expanded](Random& random) {
      std::vector<double> values;
      std::vector<std::uint64_t> clusters;
      for (std::uint64_t cluster = 0; cluster < 15; ++cluster) {
        const double level = random.uniform() - 0.25;
        for (int row = 0; row < 5; ++row) {
          values.push_back(level + 0.5 * random.uniform());
          clusters.push_back(cluster);
        }
      }
      BootstrapOptions options = small_bootstrap(BootstrapInterval::percentile, random());
      options.expanded = expanded;
      return bootstrap_cluster_mean(values, clusters, options).estimate.interval;
    });
  };
  CHECK(coverage_by(true) >= 0.93);
  CHECK(coverage_by(true) <= 0.97);
  CHECK(coverage_by(false) < 0.93);
}

TEST_CASE("intervals of proportions and means cover what they should") {
  const auto wilson = coverage_of(0.9, [](Random& random) {
    std::int64_t right = 0;
    for (int i = 0; i < 150; ++i) right += random.uniform() < 0.9 ? 1 : 0;
    return wilson_interval({right, 150});
  });
  const auto newcombe = coverage_of(0.1, [](Random& random) {
    std::int64_t first = 0;
    std::int64_t second = 0;
    for (int i = 0; i < 120; ++i) {
      first += random.uniform() < 0.75 ? 1 : 0;
      second += random.uniform() < 0.85 ? 1 : 0;
    }
    return compare_proportions({first, 120}, {second, 120}).difference.interval;
  });
  const auto paired = coverage_of(0.5, [](Random& random) {
    std::vector<double> values;
    for (int i = 0; i < 25; ++i) values.push_back(random.uniform());
    return paired_mean(values).estimate.interval;
  });
  for (const double coverage : {wilson, newcombe, paired}) {
    CHECK(coverage >= 0.93);
    CHECK(coverage <= 0.97);
  }
}

// Normal scores, positives a standard deviation and a half above negatives: the area is Φ(1.5 / √2).
TEST_CASE("DeLong's interval covers the area under the curve") {
  const double coverage = coverage_of(normal_cdf(1.5 / std::sqrt(2.0)), [](Random& random) {
    std::vector<double> scores;
    std::vector<std::uint8_t> labels;
    for (int i = 0; i < 160; ++i) {
      labels.push_back(i % 2 == 0);
      scores.push_back(normal_quantile(random.uniform() + 1e-17) + (i % 2 == 0 ? 1.5 : 0.0));
    }
    return auc_with_variance(scores, labels).estimate.interval;
  });
  CHECK(coverage >= 0.93);
  CHECK(coverage <= 0.97);
}

TEST_CASE("a challenger that is worse by just the margin passes in 2.5 of 100 samples at most") {
  const double margin = -f1_difference(std::vector<double>{0.50, 0.06, 0.03, 0.06, 0.05, 0.04, 0.06, 0.20});
  REQUIRE(margin > 0.01);
  Random random{78};
  int passed = 0;
  int failed = 0;
  for (int i = 0; i < samples; ++i) {
    const std::vector<std::int64_t> cells = draw_sample(random, {0.50, 0.06, 0.03, 0.06, 0.05, 0.04, 0.06, 0.20}, 600);
    const Bootstrap found =
        bootstrap_cells(cells, f1_difference, small_bootstrap(BootstrapInterval::percentile, random()));
    const double least = non_inferior_by(margin).least;
    passed += found.estimate.interval.low > least ? 1 : 0;
    failed += found.estimate.interval.high < least ? 1 : 0;
  }
  // 25 expected; 40 is three standard deviations above.
  CHECK(passed <= 40);
  CHECK(failed <= 40);
  CHECK(passed + failed > 20);
}
