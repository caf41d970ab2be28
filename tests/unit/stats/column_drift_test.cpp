#include <mlops/stats/column_drift.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/random.hpp>
#include <mlops/stats/two_samples.hpp>
#include <mlops/support/error.hpp>

#include "unit/stats/drift_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

using Values = std::vector<double>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Values normal_values(std::uint64_t seed, std::size_t count, double mean = 0) {
  Random random{seed};
  Values values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(normal_quantile((random.uniform() + 1e-9) / 1.0001) + mean);
  return values;
}

const DriftFigure& figure_of(const ColumnDrift& column, DriftStatistic statistic) {
  for (const DriftFigure& figure : column.figures) {
    if (figure.statistic == statistic) return figure;
  }
  FAIL("there is no figure of " << name_of(statistic));
  return column.figures.front();
}

}  // namespace

TEST_CASE("the statistic follows the column's type and the reference's rows") {
  using enum DriftStatistic;
  using Statistics = std::vector<DriftStatistic>;
  CHECK(default_statistics(ColumnKind::number, 1000, false) == Statistics{kolmogorov_smirnov});
  CHECK(default_statistics(ColumnKind::number, 1001, false) == Statistics{wasserstein, psi});
  CHECK(default_statistics(ColumnKind::number, 1000, true) == Statistics{wasserstein, psi});
  CHECK(default_statistics(ColumnKind::category, 1000, true) == Statistics{chi_square});
  CHECK(default_statistics(ColumnKind::category, 1001, false) == Statistics{jensen_shannon, l_infinity});
}

TEST_CASE("a shifted column of many numbers has drifted, and the bin that changed most is named") {
  const Values reference = normal_values(1, 5000);
  const Values current = normal_values(2, 5000, 0.5);
  const ColumnDrift column = number_drift("age", reference, current);
  CHECK(column.drift == Drift::yes);
  CHECK(column.column == "age");
  const DriftFigure& moved = figure_of(column, DriftStatistic::wasserstein);
  CHECK(moved.value == Approx(normalised_wasserstein(reference, current)).epsilon(1e-12));
  CHECK(moved.drift == Drift::yes);
  CHECK_FALSE(moved.p);
  REQUIRE(column.largest_change);
  CHECK_THAT(column.largest_change->name, Catch::StartsWith("above 1."));
  CHECK(column.largest_change->current > column.largest_change->reference + 0.05);
}

TEST_CASE("the same distribution has not drifted, whatever the number of rows") {
  for (const std::size_t count : {1500u, 5000u, 40'000u}) {
    CHECK(number_drift("age", normal_values(1, count), normal_values(2, count)).drift == Drift::no);
  }
}

TEST_CASE("a distance that few rows reach without any change is inconclusive") {
  const ColumnDrift column = number_drift("age", normal_values(1, 5000), normal_values(3, 60));
  const DriftFigure& moved = figure_of(column, DriftStatistic::wasserstein);
  CHECK(moved.value >= moved.threshold);
  CHECK(moved.value <= moved.null_bound);
  CHECK(column.drift == Drift::inconclusive);
  CHECK_THAT(column.reason, Catch::Contains("without any change it reaches"));
}

TEST_CASE("small samples are tested, and fewer rows than thirty tell nothing") {
  const ColumnDrift moved = number_drift("age", normal_values(1, 300), normal_values(2, 300, 0.5));
  CHECK(moved.drift == Drift::yes);
  CHECK(*figure_of(moved, DriftStatistic::kolmogorov_smirnov).p < 1e-4);
  CHECK(number_drift("age", normal_values(1, 300), normal_values(2, 300)).drift == Drift::no);

  const ColumnDrift few = number_drift("age", normal_values(1, 300), normal_values(2, 29, 5));
  CHECK(few.drift == Drift::inconclusive);
  CHECK(few.reason == "the current data has 29 rows, and fewer than 30 tell nothing");
  CHECK(few.figures.empty());
  CHECK(number_drift("age", {}, {}).drift == Drift::inconclusive);
}

TEST_CASE("a column that lost its values has drifted by PSI, though no number is left to compare") {
  const ColumnDrift column = number_drift("age", normal_values(1, 2000), Values(2000, not_a_number));
  CHECK(column.drift == Drift::yes);
  CHECK(figure_of(column, DriftStatistic::psi).drift == Drift::yes);
  CHECK(column.largest_change->name == "NaN");
  CHECK(column.largest_change->current == 1);
}

TEST_CASE("a constant column drifts when it moves, and only then") {
  CHECK(number_drift("flag", Values(2000, 1.0), Values(2000, 1.0)).drift == Drift::no);
  const ColumnDrift moved = number_drift("flag", Values(2000, 1.0), Values(2000, 2.0));
  CHECK(moved.drift == Drift::yes);
  CHECK(std::isinf(figure_of(moved, DriftStatistic::wasserstein).value));
  CHECK(moved.largest_change->name == "1");
}

TEST_CASE("counts in the reference's bins tell what the values do, between bounds") {
  const Values reference = normal_values(1, 5000);
  Histogram before{NumberBins::of(reference)};
  before.add(reference);
  for (const double shift : {0.0, 0.5}) {
    const Values current = normal_values(2, 5000, shift);
    Histogram after{before.bins()};
    after.add(current);
    const ColumnDrift binned = number_drift("age", before, after, standard_deviation(reference));
    const ColumnDrift exact = number_drift("age", reference, current);
    CHECK(binned.drift == exact.drift);
    const DriftFigure& moved = figure_of(binned, DriftStatistic::wasserstein);
    const double value = figure_of(exact, DriftStatistic::wasserstein).value;
    CHECK((moved.bounds.low <= value && value <= moved.bounds.high));
    CHECK(figure_of(binned, DriftStatistic::psi).value == figure_of(exact, DriftStatistic::psi).value);
  }
}

TEST_CASE("bins that are too coarse for the threshold are inconclusive") {
  const Values reference = normal_values(1, 5000);
  Histogram before{NumberBins::of(reference, 2)};
  before.add(reference);
  const ColumnDrift column = number_drift("age", before, before, standard_deviation(reference));
  CHECK(column.drift == Drift::inconclusive);
  CHECK_THAT(column.reason, Catch::Contains("as far as bins tell"));
}

TEST_CASE("binned numbers never get a p-value") {
  const Values reference = normal_values(1, 200);
  Histogram before{NumberBins::of(reference)};
  before.add(reference);
  for (const DriftFigure& figure : number_drift("age", before, before, standard_deviation(reference)).figures) {
    CHECK_FALSE(figure.p);
  }
}

TEST_CASE("categories whose shares change have drifted, and the one that changed most is named") {
  const TextCounts reference{{"blue", 500}, {"green", 400}, {"red", 300}};
  CHECK(category_drift("colour", reference, {{"blue", 510}, {"green", 390}, {"red", 300}}).drift == Drift::no);
  const ColumnDrift column = category_drift("colour", reference, {{"blue", 500}, {"green", 100}, {"teal", 600}});
  CHECK(column.drift == Drift::yes);
  CHECK(column.largest_change->name == "teal");
  CHECK(column.largest_change->reference == 0);
  CHECK(column.largest_change->current == Approx(0.5));
  CHECK(figure_of(column, DriftStatistic::l_infinity).value == Approx(0.5));
}

TEST_CASE("many rare categories of few rows are no drift") {
  TextCounts reference;
  TextCounts current;
  Random random{5};
  for (int i = 0; i < 1500; ++i) ++reference["c" + std::to_string(random.below(300))];
  for (int i = 0; i < 1500; ++i) ++current["c" + std::to_string(random.below(300))];
  const ColumnDrift column = category_drift("city", reference, current);
  CHECK(figure_of(column, DriftStatistic::jensen_shannon).value > 0.1);
  CHECK(column.drift == Drift::inconclusive);
}

TEST_CASE("few rows of categories are tested, rare ones together") {
  const TextCounts reference{{"a", 90}, {"b", 100}, {"c", 2}, {"d", 1}};
  const ColumnDrift same = category_drift("k", reference, {{"a", 95}, {"b", 92}, {"e", 2}});
  CHECK(same.drift == Drift::no);
  CHECK(*figure_of(same, DriftStatistic::chi_square).p > 0.5);
  CHECK(category_drift("k", reference, {{"a", 30}, {"b", 160}}).drift == Drift::yes);

  TextCounts all_rare;
  for (int i = 0; i < 60; ++i) all_rare[std::to_string(i)] = 1;
  const ColumnDrift unknown = category_drift("id", all_rare, all_rare);
  CHECK(unknown.drift == Drift::inconclusive);
  CHECK(unknown.reason == "every category has too few rows for a chi-square test");
}

TEST_CASE("the data has drifted when half of its columns have") {
  const auto column = [](Drift drift) {
    ColumnDrift result;
    DriftFigure figure;
    figure.drift = drift;
    result.figures.push_back(figure);
    return result;
  };
  using enum Drift;
  const DatasetDrift half = dataset_drift({column(yes), column(yes), column(no), column(no)});
  CHECK(half.drift == yes);
  CHECK(half.share == 0.5);
  CHECK(dataset_drift({column(yes), column(no), column(no), column(no)}).drift == no);
  const DatasetDrift open = dataset_drift({column(yes), column(inconclusive), column(no), column(no)});
  CHECK(open.drift == inconclusive);
  CHECK(open.inconclusive == 1);
  CHECK(dataset_drift({}).drift == no);
}

// The adjusted p-values are those of validation by R's p.adjust(method = "BH").
TEST_CASE("of many p-values a few are small by chance") {
  std::vector<ColumnDrift> columns;
  for (const double p : {.001, .008, .039, .041, .042, .06, .074, .205}) {
    ColumnDrift column;
    DriftFigure figure;
    figure.statistic = DriftStatistic::kolmogorov_smirnov;
    figure.threshold = 0.05;
    figure.p = p;
    figure.drift = p <= 0.05 ? Drift::yes : Drift::no;
    column.figures.push_back(figure);
    column.drift = figure.drift;
    columns.push_back(column);
  }
  const DatasetDrift data = dataset_drift(columns);
  CHECK(data.drifted == 2);
  CHECK(*data.columns[1].figures[0].adjusted_p == Approx(0.032));
  CHECK(*data.columns[2].figures[0].adjusted_p == Approx(0.0672));
  CHECK(data.columns[2].drift == Drift::no);
}

// The points are those of 4,000 draws: tests/oracles/drift.py.
TEST_CASE("the null bound of the distance is where 95 of 100 draws stay below") {
  const auto bound = [](auto point) {
    Values values;
    for (int i = 0; i < 2000; ++i) values.push_back(point((i + 0.5) / 2000));
    Histogram reference{NumberBins::of(values)};
    reference.add(values);
    return wasserstein_null_bound(reference, 300);
  };
  const Json& points = drift_oracle("null_wasserstein");
  CHECK(bound([](double u) { return normal_quantile(u); }) == Approx(points.at("normal").as_double()).epsilon(0.05));
  CHECK(bound([](double u) { return u; }) == Approx(points.at("uniform").as_double()).epsilon(0.05));
  CHECK(bound([](double u) { return -std::log(1 - u); }) == Approx(points.at("exponential").as_double()).epsilon(0.05));
  CHECK(bound([](double u) { return u > 0.5 ? 1.0 : 0.0; }) == Approx(points.at("coin").as_double()).epsilon(0.05));
}

TEST_CASE("counts in other bins are refused") {
  const Histogram one{NumberBins::of(Values{1, 2})};
  const Histogram other{NumberBins::of(Values{1, 3})};
  CHECK_THROWS_AS(number_drift("age", one, other, 1), Error);
  CHECK_THROWS_AS(number_drift("age", one, one, not_a_number), Error);
  CHECK_THROWS_AS(category_drift("age", one, other), Error);
}
