// The log of an A/B test, row by row: arm, outcome, and what else it tells.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <mlops/app/ab_test.hpp>
#include <mlops/stats/means.hpp>
#include <mlops/stats/sequential.hpp>

namespace mlops::app {

enum class Arm : std::uint8_t { champion, challenger };

// Outcomes of both arms, one a unit, in the order in which the units came.
class AbSums {
 public:
  explicit AbSums(const AbRequest& request);

  void add(Arm arm, double outcome, std::optional<double> covariate);

  [[nodiscard]] const stats::CovariedSums& of(Arm arm) const { return sums_[static_cast<std::size_t>(arm)]; }
  [[nodiscard]] std::int64_t successes(Arm arm) const { return successes_[static_cast<std::size_t>(arm)]; }
  [[nodiscard]] bool are_binary() const { return are_binary_; }
  [[nodiscard]] std::optional<AbBets> bets() const;

 private:
  void bet(Arm arm, double outcome);

  std::array<stats::CovariedSums, 2> sums_;
  std::array<std::int64_t, 2> successes_{};
  bool are_binary_ = true;
  bool has_bounds_ = false;
  double sign_ = 1;
  // A pair is a unit of each arm, in the order in which they came; those of one arm wait for those of the other.
  std::deque<double> waiting_;
  Arm waiting_arm_ = Arm::champion;
  stats::BettingTest for_;
  stats::BettingTest against_;
};

// What was read of the log.
struct AbLog {
  explicit AbLog(const AbRequest& request) : sums{request} {}

  AbSums sums;
  std::array<std::string, 2> names;
  std::array<std::uint64_t, 2> rows_of_arm{};
  std::uint64_t rows = 0;
  std::uint64_t left_out = 0;
  bool has_units = false;
  bool has_covariate = false;
  std::optional<double> first_time, last_time;  // milliseconds
  bool is_in_order = true;                      // of its times
};

AbLog read_ab_log(const Context& context, const AbRequest& request);

}  // namespace mlops::app
