// `compare`: whether a challenger is better than a champion on the same rows, and how sure that is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/context.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/stats/interval.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

// What the difference is held against: `margin` may be lost, or `gain` is asked for; neither: any gain at all.
struct Asked {
  std::optional<double> margin;
  std::optional<double> gain;

  // The difference that must be exceeded. Error{usage} for both, and for what is below 0.
  [[nodiscard]] double least() const;
  // Of a difference that is above 0 where the challenger is better: passed when all of the interval exceeds what is
  // asked, failed when all of it falls short; ends that touch it, are infinite or NaN decide nothing. Source: the
  // reading of an interval against a margin in EMA CPMP/EWP/482/99, "Points to Consider on Switching between
  // Superiority and Non-Inferiority" (2000).
  [[nodiscard]] domain::VerdictResult judge(const stats::Interval& difference) const;
};

// A file whose columns have other names: "truth" and its name.
using ColumnNames = std::vector<std::pair<std::string, std::string>>;

struct CompareRequest {
  std::string challenger;  // MODEL@REF, or a file of predictions
  std::string champion;
  bool are_files = false;
  std::optional<std::string> data;   // the holdout, for columns that files lack
  std::vector<std::string> metrics;  // "recall of yes by region"; empty: what suits the columns
  std::vector<std::string> by;       // columns whose combinations of values are compared each for itself
  std::optional<std::string> cluster;
  Asked asked;
  std::optional<std::string> positive;
  ColumnNames columns;
  std::optional<double> confidence;  // these three: of the policy, or else its defaults
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> min_slice;
};

// One metric, of all rows or of one slice.
struct ComparedFigure {
  std::string metric;  // "recall of yes"
  bool higher_is_better = true;
  std::string slice;        // "region=north"; "" for all rows
  std::int64_t count = 0;   // rows, or queries of a ranking
  bool of_queries = false;  // what is counted
  std::optional<std::int64_t> clusters;
  double challenger = 0;
  double champion = 0;
  stats::Interval interval;  // of challenger - champion
  std::string method;        // of the interval
  std::string test;
  std::string why;  // that test
  std::optional<double> p_value;
  std::optional<double> adjusted_p;  // Holm's, where there are several
  std::optional<double> rank_p;      // Wilcoxon's, beside a test of means
  // One-sided, of a slice that falls short of what is asked; and the same corrected for the slices of this metric.
  std::optional<double> short_p;
  std::optional<double> adjusted_short_p;
  domain::VerdictResult result = domain::VerdictResult::inconclusive;
  std::string reason;
  std::optional<double> detectable;
  std::optional<std::int64_t> rows_needed;
};

struct CompareOutcome {
  std::string challenger;
  std::string champion;
  std::optional<std::string> data;                           // the holdout's digest
  std::string challenger_predictions, champion_predictions;  // digests
  std::uint64_t rows = 0;
  Asked asked;
  std::optional<std::string> cluster;
  double confidence = 0.95;
  std::int64_t seed = 0;
  std::vector<ComparedFigure> figures;
  std::vector<std::pair<std::string, std::int64_t>> too_small;  // slices with fewer rows than are judged

  // The worst of the figures.
  [[nodiscard]] domain::VerdictResult result() const;
};

// Predictions of versions are made as gates make them. Error{usage} for what can't be compared, {refused} when a gate
// of the model asks for safe or intact files and they are not.
CompareOutcome compare(const Context& context, const CompareRequest& request);

Json to_json(const CompareOutcome& outcome);

// As a gate would tell it, for reports.
domain::Verdict verdict_of(const CompareOutcome& outcome, const Context& context);

}  // namespace mlops::app
