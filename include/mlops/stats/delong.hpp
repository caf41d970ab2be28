// The area under the ROC curve with its uncertainty, and the difference of two such areas on the same rows.
//
// The area is the chance that a positive row scores above a negative one, ties counting half. Time is that of sorting.
// Sources: DeLong, DeLong, Clarke-Pearson, "Comparing the Areas under Two or More Correlated Receiver Operating
// Characteristic Curves" (1988); by ranks as in Sun and Xu, "Fast Implementation of DeLong's Algorithm" (2014).
#pragma once

#include <cstdint>
#include <span>

#include <mlops/stats/interval.hpp>

namespace mlops::stats {

struct Auc {
  Estimate estimate;
  double variance = 0;  // of the estimate; infinite with a single row of one class
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
};

// One score and one label (0: negative, else positive) a row. The interval is the area plus and minus normal
// quantiles, within [0, 1]. Where positives and negatives don't overlap the variance is 0 and says nothing: the
// interval then is the exact one for as many independent pairs as the smaller class has, each ranked rightly.
// Error{usage}: lengths that differ, a score that is not finite, no positive or no negative row.
Auc auc_with_variance(std::span<const double> scores, std::span<const std::uint8_t> labels, double confidence = 0.95);

// Two-sided p of a true area: the level at which its interval would end there.
double auc_p(const Auc& auc, double area);

struct AucComparison {
  Auc first;
  Auc second;
  double covariance = 0;
  Estimate difference;  // second less first
  double standard_error = 0;
  double z = 0;
  double p_value = 1;  // two-sided
};

// Two scores a row. Two scores that rank all rows alike differ by exactly 0, with p 1.
AucComparison compare_aucs(std::span<const double> first, std::span<const double> second,
                           std::span<const std::uint8_t> labels, double confidence = 0.95);

}  // namespace mlops::stats
