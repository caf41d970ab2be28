#include <mlops/stats/score_calibration.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <mlops/stats/calibration.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

// Points that are taken together, because their order contradicts a rising function.
struct Pool {
  std::size_t first = 0;  // of the distinct x
  std::size_t last = 0;   // with it
  double sum = 0;
  double weight = 0;
  [[nodiscard]] double mean() const { return sum / weight; }
};

std::vector<double> as_numbers(std::span<const std::uint8_t> flags) {
  std::vector<double> numbers;
  numbers.reserve(flags.size());
  for (const std::uint8_t flag : flags) numbers.push_back(flag != 0 ? 1 : 0);
  return numbers;
}

double error_of_scores(std::span<const double> scores, std::span<const std::uint32_t> truth) {
  const BinaryScores rows{.truth = truth, .scores = scores};
  return calibration_error(reliability_bins(rows, Binning::equal_count)).value;
}

// The n-th row of its class lies in fold n modulo the folds.
std::vector<std::size_t> folds_of(std::span<const std::uint8_t> is_positive) {
  std::vector<std::size_t> result;
  result.reserve(is_positive.size());
  std::size_t positive = 0;
  std::size_t negative = 0;
  for (const std::uint8_t flag : is_positive) {
    std::size_t& seen = flag != 0 ? positive : negative;
    result.push_back(seen++ % ScoreCalibration::folds);
  }
  if (std::min(positive, negative) >= ScoreCalibration::folds) return result;
  throw Error{ErrorKind::usage, "there are too few rows of a class to calibrate scores"};
}

}  // namespace

IsotonicFit::IsotonicFit(std::span<const double> x, std::span<const double> y) {
  if (x.empty() || x.size() != y.size()) throw Error{ErrorKind::usage, "a rising function needs points"};
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  std::vector<double> distinct;
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < order.size();) {
    const double at = x[order[i]];
    Pool pool{.first = distinct.size(), .last = distinct.size()};
    for (; i < order.size() && !(at < x[order[i]]); ++i) {
      if (!std::isfinite(x[order[i]]) || !std::isfinite(y[order[i]])) {
        throw Error{ErrorKind::usage, "a rising function is fitted to finite numbers only"};
      }
      pool.sum += y[order[i]];
      pool.weight += 1;
    }
    distinct.push_back(at);
    while (!pools.empty() && pools.back().mean() >= pool.mean()) {
      pool.first = pools.back().first;
      pool.sum += pools.back().sum;
      pool.weight += pools.back().weight;
      pools.pop_back();
    }
    pools.push_back(pool);
  }
  for (const Pool& pool : pools) {
    x_.push_back(distinct[pool.first]);
    y_.push_back(pool.mean());
    if (pool.last == pool.first) continue;
    x_.push_back(distinct[pool.last]);
    y_.push_back(pool.mean());
  }
}

double IsotonicFit::at(double x) const {
  if (!(x > x_.front())) return y_.front();
  if (!(x < x_.back())) return y_.back();
  const auto above = static_cast<std::size_t>(std::ranges::upper_bound(x_, x) - x_.begin());
  const double part = (x - x_[above - 1]) / (x_[above] - x_[above - 1]);
  return y_[above - 1] + part * (y_[above] - y_[above - 1]);
}

ScoreCalibration::ScoreCalibration(std::span<const double> scores, std::span<const std::uint8_t> is_positive)
    : fit_{scores, as_numbers(is_positive)}, scores_{scores.begin(), scores.end()}, held_out_(scores.size()) {
  for (const double score : scores) {
    const bool is_probability = score >= 0 && score <= 1;
    if (!is_probability) throw Error{ErrorKind::usage, "a score is no probability"};
  }
  const std::vector<std::size_t> fold = folds_of(is_positive);
  for (std::size_t tested = 0; tested < folds; ++tested) {
    std::vector<double> x, y, before, after;
    std::vector<std::uint32_t> truth;
    for (std::size_t row = 0; row < scores.size(); ++row) {
      if (fold[row] == tested) continue;
      x.push_back(scores[row]);
      y.push_back(is_positive[row] != 0 ? 1 : 0);
    }
    const IsotonicFit fit{x, y};
    for (std::size_t row = 0; row < scores.size(); ++row) {
      if (fold[row] != tested) continue;
      held_out_[row] = fit.at(scores[row]);
      before.push_back(scores[row]);
      after.push_back(held_out_[row]);
      truth.push_back(is_positive[row] != 0 ? 1 : 0);
    }
    error_before_ += error_of_scores(before, truth) / folds;
    error_after_ += error_of_scores(after, truth) / folds;
  }
}

}  // namespace mlops::stats
