// Whether what is predicted with probability p comes true in p of all cases.
//
// Bins are those of scikit-learn's calibration_curve. Probabilities lie in [0, 1]; else Error{usage}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mlops/stats/predictions.hpp>

namespace mlops::stats {

// Each bin takes what lies above its lower edge, up to and with its upper edge; the first takes its lower edge, too.
enum class Binning {
  equal_count,  // edges at numpy's quantiles of the scores, of rows with any weight; equal scores stay together
  equal_width,  // edges at k / bins
};

struct ReliabilityBin {
  double low = 0;
  double high = 0;
  std::size_t count = 0;     // rows
  double weight = 0;         // their weight, above 0
  double mean_score = 0;     // what was promised
  double positive_rate = 0;  // what came true
};

inline constexpr std::uint32_t usual_bins = 10;
inline constexpr std::uint32_t most_bins = 10'000;

// The bins that hold rows with weight, by rising score. Throws Error{usage} unless bins is in [1, most_bins].
[[nodiscard]] std::vector<ReliabilityBin> reliability_bins(const BinaryScores& rows, Binning binning,
                                                           std::uint32_t bins = usual_bins);
// The same of the class of the highest score (of equal ones the first), which is positive where it was true.
[[nodiscard]] std::vector<ReliabilityBin> reliability_bins(const ClassScores& rows, Binning binning,
                                                           std::uint32_t bins = usual_bins);

// The expected calibration error: Σ weight · |mean score - positive rate| / Σ weight, in [0, 1]. NaN without bins.
// Source: Naeini, Cooper and Hauskrecht (2015); of several classes Guo, Pleiss, Sun and Weinberger (2017).
[[nodiscard]] MetricValue calibration_error(const std::vector<ReliabilityBin>& bins);

}  // namespace mlops::stats
