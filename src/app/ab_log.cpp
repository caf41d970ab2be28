#include "ab_log.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include <mlops/formats/table_value.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "data_source.hpp"
#include "prediction_rows.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_told = 5;
constexpr std::size_t most_units = 100'000'000;
// Outcomes that wait for the other arm; beyond it later ones go without a bet, which no outcome decides.
constexpr std::size_t most_waiting = 1'000'000;
constexpr std::uint64_t rows_between_looks = 65'536;  // at Ctrl-C

// Names of arms that tell what they are.
constexpr auto challenger_names =
    std::to_array<std::string_view>({"challenger", "treatment", "b", "new", "variant", "test", "candidate", "1"});
constexpr auto champion_names =
    std::to_array<std::string_view>({"champion", "control", "a", "old", "baseline", "current", "production", "0"});

double least_of(const AbRequest& request) { return request.asked.least(); }

stats::Interval bounds_of(const AbRequest& request) { return request.bounds.value_or(stats::Interval{0, 1}); }

stats::BettingTest bet_that(const AbRequest& request, double sign) {
  const stats::Interval bounds = bounds_of(request);
  const double widest = bounds.high - bounds.low;
  const double least = least_of(request);
  if (std::abs(least) >= widest) {
    throw Error{ErrorKind::usage, fmt::format("outcomes within [{}, {}] can't differ by {}", bounds.low, bounds.high,
                                              figure_text(std::abs(least)))};
  }
  return {-widest, widest, sign * least};
}

// What is wrong with rows: the first of each kind, a few kinds, and how many rows there are.
class RowFaults {
 public:
  void add(std::uint64_t row, std::string what) {
    ++count_;
    if (kinds_.size() >= most_told || std::ranges::find(kinds_, what) != kinds_.end()) return;
    told_.push_back(fmt::format("row {}: {}", row, what));
    kinds_.push_back(std::move(what));
  }
  void refuse(const std::string& source, std::vector<std::string> hints) const {
    if (count_ == 0) return;
    const std::string more = count_ > told_.size() ? fmt::format("; and {} more such rows", count_ - told_.size()) : "";
    throw Error{ErrorKind::usage, fmt::format("{}: {}{}", printable(source), join(told_, "; "), more),
                std::move(hints)};
  }

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> kinds_;  // what is told already
  std::vector<std::string> told_;
};

struct LogColumn {
  std::string name;
  bool is_needed = false;
  std::optional<std::size_t> place;
};

struct LogColumns {
  LogColumn arm{"arm", true, {}}, outcome{"outcome", true, {}}, unit{"unit", false, {}}, time{"time", false, {}},
      covariate{"covariate", false, {}};

  std::array<std::pair<std::string_view, LogColumn*>, 5> all() {
    return {{{"arm", &arm}, {"outcome", &outcome}, {"unit", &unit}, {"time", &time}, {"covariate", &covariate}}};
  }
};

LogColumns columns_of(const AbRequest& request) {
  LogColumns columns;
  for (const auto& [role, name] : request.columns) {
    std::vector<std::string> roles;
    bool is_known = false;
    for (auto& [known, column] : columns.all()) {
      roles.emplace_back(known);
      if (known != role) continue;
      *column = {name, true, {}};
      is_known = true;
    }
    if (is_known) continue;
    Error error{ErrorKind::usage,
                fmt::format("`--column {}={}`: there is no such role", printable(role), printable(name))};
    if (const auto near = near_miss(role, roles)) error.add_hint(fmt::format("did you mean `{}`?", *near));
    error.add_hint(fmt::format("one of: {}", join(roles, ", ")));
    throw error;
  }
  return columns;
}

struct Unit {
  double sum = 0;
  double covariate = std::numeric_limits<double>::quiet_NaN();
  std::uint64_t first_row = 0;
  std::uint32_t rows = 0;
  Arm arm = Arm::champion;
};

class AbLogReader {
 public:
  AbLogReader(const Context& context, const AbRequest& request)
      : context_{context}, request_{request}, columns_{columns_of(request)}, log_{request} {
    if (request.challenger.has_value() != request.champion.has_value()) {
      throw Error{ErrorKind::usage, "`--challenger` and `--champion` name the two arms together"};
    }
  }

  AbLog read() {
    const DataSource source = open_data(context_, request_.log);
    const auto facts = formats::read_table(*source.bytes, source.options,
                                           [this](const formats::Columns& names, const formats::RowBatch& batch) {
                                             find_columns(names);
                                             for (std::size_t row = 0; row < batch.rows; ++row) read_row(batch, row);
                                           });
    find_columns(facts.columns);
    refuse_what_is_wrong(facts.columns);
    for (const Unit& unit : units_) {
      const double mean = unit.sum / static_cast<double>(unit.rows);
      log_.sums.add(unit.arm, mean, std::isnan(unit.covariate) ? std::nullopt : std::optional{unit.covariate});
    }
    log_.has_units = columns_.unit.place.has_value();
    log_.has_covariate = columns_.covariate.place.has_value();
    return std::move(log_);
  }

 private:
  void find_columns(const formats::Columns& names) {
    if (names.size() == known_columns_) return;
    known_columns_ = names.size();
    for (auto& [role, column] : columns_.all()) {
      const auto found = std::ranges::find(names, column->name);
      if (found != names.end()) column->place = static_cast<std::size_t>(found - names.begin());
    }
  }

  void refuse_what_is_wrong(const formats::Columns& names) {
    const std::string& source = request_.log.data;
    for (const auto& [role, column] : columns_.all()) {
      if (column->place || !column->is_needed) continue;
      Error error{ErrorKind::usage, fmt::format("{} has no column `{}`", printable(source), printable(column->name))};
      if (const auto near = near_miss(column->name, names)) {
        error.add_hint(fmt::format("did you mean `--column {}={}`?", role, printable(*near)));
      }
      error.add_hint(fmt::format("its columns are {}; `--column {}=NAME` says which is meant",
                                 printable(join(names, ", ")), role));
      throw error;
    }
    if (log_.rows == 0) throw Error{ErrorKind::usage, fmt::format("{} has no rows", printable(source))};
    arm_faults_.refuse(source, {"`--challenger NAME --champion NAME` tell which arm is which"});
    faults_.refuse(source, {"an outcome is a number, true or false; `--success VALUE` counts a value as 1"});
    both_arms_.refuse(source, {"a unit that saw both tells nothing of either; is `unit` what was assigned to an arm?"});
    if (request_.success && !has_success_) {
      const std::vector<std::string> others{other_outcomes_.begin(), other_outcomes_.end()};
      throw Error{ErrorKind::usage, fmt::format("{}: no outcome is `{}`; there are {}", printable(source),
                                                printable(*request_.success), printable(join(others, ", ")))};
    }
    for (const Arm arm : {Arm::champion, Arm::challenger}) {
      const auto place = static_cast<std::size_t>(arm);
      if (log_.rows_of_arm[place] > 0) continue;
      const std::string& other = log_.names[1 - place];
      throw Error{ErrorKind::usage,
                  other.empty()
                      ? fmt::format("{} has no row of either arm", printable(source))
                      : fmt::format("{}: all rows are of the arm `{}`, and nothing of the {}", printable(source),
                                    printable(other), arm == Arm::champion ? "champion" : "challenger")};
    }
  }

  static formats::Cell cell_of(const formats::RowBatch& batch, const LogColumn& column, std::size_t row) {
    return column.place ? batch.columns[*column.place][row] : formats::Cell{};
  }

  void read_row(const formats::RowBatch& batch, std::size_t row) {
    ++log_.rows;
    if (log_.rows % rows_between_looks == 0 && context_.interrupted && context_.interrupted()) {
      throw Error{ErrorKind::interrupted, "interrupted while the log was read"};
    }
    const auto arm = arm_of(trim(cell_of(batch, columns_.arm, row).text));
    const auto outcome = outcome_of(cell_of(batch, columns_.outcome, row));
    const double covariate = covariate_of(cell_of(batch, columns_.covariate, row));
    if (columns_.time.place) read_time(cell_of(batch, columns_.time, row));
    if (!arm || !outcome) return;
    ++log_.rows_of_arm[static_cast<std::size_t>(*arm)];
    if (columns_.unit.place) return add_unit(cell_of(batch, columns_.unit, row), *arm, *outcome, covariate);
    log_.sums.add(*arm, *outcome, std::isnan(covariate) ? std::nullopt : std::optional{covariate});
  }

  // None for an arm that is left out, and for one that is no name of an arm.
  std::optional<Arm> arm_of(std::string_view text) {
    if (text.empty()) {
      arm_faults_.add(log_.rows, "the arm is missing");
      return std::nullopt;
    }
    for (const Arm arm : {Arm::champion, Arm::challenger}) {
      if (log_.names[static_cast<std::size_t>(arm)] == text) return arm;
    }
    if (request_.challenger) {
      if (text == *request_.challenger) return named(Arm::challenger, text);
      if (text == *request_.champion) return named(Arm::champion, text);
      ++log_.left_out;
      return std::nullopt;
    }
    const std::string name = lower_ascii(text);
    const bool is_challenger = std::ranges::find(challenger_names, name) != challenger_names.end();
    if (is_challenger || std::ranges::find(champion_names, name) != champion_names.end()) {
      const Arm arm = is_challenger ? Arm::challenger : Arm::champion;
      const std::string& known = log_.names[static_cast<std::size_t>(arm)];
      if (known.empty()) return named(arm, text);
      arm_faults_.add(log_.rows, fmt::format("`{}` and `{}` both sound like the {}", printable(known), printable(text),
                                             is_challenger ? "challenger" : "champion"));
      return std::nullopt;
    }
    arm_faults_.add(log_.rows, fmt::format("is `{}` the challenger or the champion?", printable(text)));
    return std::nullopt;
  }

  Arm named(Arm arm, std::string_view name) {
    log_.names[static_cast<std::size_t>(arm)] = name;
    return arm;
  }

  std::optional<double> outcome_of(const formats::Cell& cell) {
    if (cell.kind == formats::CellKind::missing) {
      faults_.add(log_.rows, "the outcome is missing");
      return std::nullopt;
    }
    if (request_.success) return is_success(cell.text) ? 1 : 0;
    const formats::Value value = formats::value_of(cell);
    const bool is_number = formats::is_numeric(value.type) || value.type == formats::ValueType::boolean;
    if (!is_number || !std::isfinite(value.number)) {
      faults_.add(log_.rows, fmt::format("the outcome `{}` is no number", printable(truncate_to_width(cell.text, 40))));
      return std::nullopt;
    }
    if (request_.bounds && (value.number < request_.bounds->low || value.number > request_.bounds->high)) {
      faults_.add(log_.rows, fmt::format("the outcome {} is not within the bounds", value.number));
      return std::nullopt;
    }
    return value.number;
  }

  bool is_success(std::string_view text) {
    std::string outcome = label_text(text);
    if (outcome == label_text(*request_.success)) {
      has_success_ = true;
      return true;
    }
    if (other_outcomes_.size() < most_told) other_outcomes_.insert(std::move(outcome));
    return false;
  }

  double covariate_of(const formats::Cell& cell) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (cell.kind == formats::CellKind::missing) return none;
    const formats::Value value = formats::value_of(cell);
    if (formats::is_numeric(value.type) && std::isfinite(value.number)) return value.number;
    faults_.add(log_.rows, fmt::format("the covariate `{}` is no number", printable(truncate_to_width(cell.text, 40))));
    return none;
  }

  void read_time(const formats::Cell& cell) {
    const formats::Value value = formats::value_of(cell);
    if (!formats::is_temporal(value.type)) {
      faults_.add(log_.rows, fmt::format("`{}` is no date or time", printable(truncate_to_width(cell.text, 40))));
      return;
    }
    if (previous_time_ && value.number < *previous_time_) log_.is_in_order = false;
    previous_time_ = value.number;
    log_.first_time = std::min(log_.first_time.value_or(value.number), value.number);
    log_.last_time = std::max(log_.last_time.value_or(value.number), value.number);
  }

  void add_unit(const formats::Cell& cell, Arm arm, double outcome, double covariate) {
    if (cell.kind == formats::CellKind::missing) return faults_.add(log_.rows, "the unit is missing");
    const auto [found, is_new] = places_.emplace(std::string{trim(cell.text)}, units_.size());
    if (is_new) {
      if (units_.size() == most_units) {
        throw Error{ErrorKind::usage, fmt::format("the log names more than {} units", most_units)};
      }
      units_.push_back({.first_row = log_.rows, .arm = arm});
    }
    Unit& unit = units_[found->second];
    if (unit.arm != arm) {
      return both_arms_.add(log_.rows, fmt::format("the unit `{}` is in both arms, see row {}",
                                                   printable(truncate_to_width(found->first, 40)), unit.first_row));
    }
    unit.sum += outcome;
    ++unit.rows;
    if (std::isnan(unit.covariate)) unit.covariate = covariate;
  }

  const Context& context_;
  const AbRequest& request_;
  LogColumns columns_;
  AbLog log_;
  std::size_t known_columns_ = 0;
  RowFaults arm_faults_, faults_, both_arms_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Unit> units_;
  std::optional<double> previous_time_;
  bool has_success_ = false;
  std::set<std::string> other_outcomes_;
};

}  // namespace

AbSums::AbSums(const AbRequest& request)
    : has_bounds_{request.bounds.has_value()},
      sign_{request.less_is_better ? -1.0 : 1.0},
      for_{bet_that(request, 1)},
      against_{bet_that(request, -1)} {}

void AbSums::add(Arm arm, double outcome, std::optional<double> covariate) {
  const auto place = static_cast<std::size_t>(arm);
  if (covariate) {
    sums_[place].add(outcome, *covariate);
  } else {
    sums_[place].add(outcome);
  }
  const bool is_success = !(outcome < 1) && !(outcome > 1);
  const bool is_failure = !(outcome < 0) && !(outcome > 0);
  are_binary_ = are_binary_ && (is_success || is_failure);
  successes_[place] += is_success ? 1 : 0;
  if (has_bounds_ || are_binary_) bet(arm, outcome);
}

void AbSums::bet(Arm arm, double outcome) {
  if (waiting_.empty()) waiting_arm_ = arm;
  if (waiting_arm_ == arm) {
    if (waiting_.size() < most_waiting) waiting_.push_back(outcome);
    return;
  }
  const double difference = sign_ * (arm == Arm::challenger ? outcome - waiting_.front() : waiting_.front() - outcome);
  waiting_.pop_front();
  for_.add(difference);
  against_.add(-difference);
}

std::optional<AbBets> AbSums::bets() const {
  if (!has_bounds_ && !are_binary_) return std::nullopt;
  return AbBets{.pairs = for_.count(),
                .e_for = for_.e_value(),
                .e_against = against_.e_value(),
                .p_for = for_.p_value(),
                .p_against = against_.p_value()};
}

AbLog read_ab_log(const Context& context, const AbRequest& request) { return AbLogReader{context, request}.read(); }

}  // namespace mlops::app
