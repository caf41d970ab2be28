#include <mlops/app/dataset_drift.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/core.h>

#include <mlops/formats/table_value.hpp>
#include <mlops/support/error.hpp>

#include "data_source.hpp"

namespace mlops::app {

namespace {

// Numbers with so few values are codes, not measurements.
constexpr std::size_t most_codes = 5;
// A text with more different values than this share of its rows names its rows.
constexpr double most_distinct_share = 0.5;
constexpr std::size_t fewest_distinct = 50;

formats::Table load_data(const Context& context, const DataRequest& request) {
  const DataSource source = open_data(context, request);
  return formats::load_table(*source.bytes, source.options);
}

bool is_number_column(const formats::LoadedColumn& column) {
  formats::ValueType type = formats::ValueType::empty;
  std::set<double> distinct;
  for (std::size_t row = 0; row < column.texts.size(); ++row) {
    if (column.missing[row]) continue;
    const formats::Value value = formats::value_of(column.texts[row]);
    type = formats::widened(type, value.type);
    if (!formats::is_numeric(type)) return false;
    if (distinct.size() <= most_codes) distinct.insert(value.number);
  }
  return distinct.size() > most_codes;
}

// Infinite values say nothing of a distance: they count as missing.
std::vector<double> finite_numbers(const formats::LoadedColumn& column) {
  std::vector<double> numbers;
  numbers.reserve(column.texts.size());
  for (std::size_t row = 0; row < column.texts.size(); ++row) {
    const double number =
        column.missing[row] ? std::numeric_limits<double>::quiet_NaN() : formats::value_of(column.texts[row]).number;
    numbers.push_back(std::isfinite(number) ? number : std::numeric_limits<double>::quiet_NaN());
  }
  return numbers;
}

stats::TextCounts text_counts(const formats::LoadedColumn& column) {
  stats::TextCounts counts;
  for (std::size_t row = 0; row < column.texts.size(); ++row) {
    const std::string_view text = column.missing[row] ? std::string_view{} : column.texts[row];
    const auto known = counts.find(text);
    if (known != counts.end()) {
      ++known->second;
    } else {
      counts.emplace(text, 1);
    }
  }
  return counts;
}

bool names_its_rows(const stats::TextCounts& counts, std::size_t rows) {
  return counts.size() > fewest_distinct &&
         static_cast<double>(counts.size()) > most_distinct_share * static_cast<double>(rows);
}

// A column of numbers in which the current data has texts is told as one of texts.
std::optional<stats::ColumnDrift> drift_of(const formats::LoadedColumn& reference, const formats::LoadedColumn& current,
                                           const stats::DriftRules& rules) {
  const auto holds_number = [&](std::size_t row) {
    return current.missing[row] || formats::is_numeric(formats::value_of(current.texts[row]).type);
  };
  bool are_numbers = is_number_column(reference);
  for (std::size_t row = 0; are_numbers && row < current.texts.size(); ++row) are_numbers = holds_number(row);
  if (are_numbers) {
    return stats::number_drift(reference.name, finite_numbers(reference), finite_numbers(current), rules);
  }
  const stats::TextCounts counts = text_counts(reference);
  if (names_its_rows(counts, reference.texts.size())) return std::nullopt;
  return stats::category_drift(reference.name, counts, text_counts(current), rules);
}

Json figure_json(const stats::DriftFigure& figure) {
  const auto finite = [](double value) { return std::isfinite(value) ? Json{value} : Json{}; };
  return Json::object({{"statistic", name_of(figure.statistic)},
                       {"value", finite(figure.value)},
                       {"threshold", figure.threshold},
                       {"null_bound", finite(figure.null_bound)},
                       {"p", figure.p ? Json{*figure.p} : Json{}},
                       {"adjusted_p", figure.adjusted_p ? Json{*figure.adjusted_p} : Json{}},
                       {"drift", name_of(figure.drift)}});
}

Json column_json(const stats::ColumnDrift& column) {
  Json::Array figures;
  for (const stats::DriftFigure& figure : column.figures) figures.push_back(figure_json(figure));
  Json change;
  if (column.largest_change) {
    change = Json::object({{"value", column.largest_change->name},
                           {"reference", column.largest_change->reference},
                           {"current", column.largest_change->current}});
  }
  return Json::object({{"name", column.column},
                       {"kind", column.kind == stats::ColumnKind::number ? "number" : "category"},
                       {"reference_rows", column.reference_rows},
                       {"current_rows", column.current_rows},
                       {"drift", name_of(column.drift)},
                       {"reason", column.reason},
                       {"figures", Json{std::move(figures)}},
                       {"largest_change", change}});
}

Json names_json(const std::vector<std::string>& names) {
  Json::Array list;
  for (const std::string& name : names) list.emplace_back(name);
  return Json{std::move(list)};
}

}  // namespace

// A column that is gone is as far from the reference as one can be.
bool DriftOutcome::has_drifted() const { return drift.drift == stats::Drift::yes || !only_in_reference.empty(); }

DriftOutcome compare_drift(const Context& context, const DriftRequest& request) {
  const formats::Table reference = load_data(context, request.reference);
  const formats::Table current = load_data(context, request.current);
  for (const std::string& name : request.columns) (void)reference.at(name);
  const auto is_asked = [&](const std::string& name) {
    return request.columns.empty() || std::ranges::find(request.columns, name) != request.columns.end();
  };

  stats::DriftRules rules;
  rules.share_of_columns = request.share.value_or(rules.share_of_columns);
  DriftOutcome outcome;
  std::vector<stats::ColumnDrift> columns;
  for (const formats::LoadedColumn& column : reference.columns) {
    if (!is_asked(column.name)) continue;
    const formats::LoadedColumn* const now = current.find(column.name);
    if (now == nullptr) {
      outcome.only_in_reference.push_back(column.name);
    } else if (auto drift = drift_of(column, *now, rules)) {
      columns.push_back(std::move(*drift));
    } else {
      outcome.left_out.push_back(column.name);
    }
  }
  for (const formats::LoadedColumn& column : current.columns) {
    if (is_asked(column.name) && reference.find(column.name) == nullptr) outcome.only_in_current.push_back(column.name);
  }
  outcome.drift = stats::dataset_drift(std::move(columns), rules);
  return outcome;
}

Json to_json(const DriftOutcome& outcome) {
  Json::Array columns;
  for (const stats::ColumnDrift& column : outcome.drift.columns) columns.push_back(column_json(column));
  return Json::object({{"drifted", outcome.has_drifted()},
                       {"drift", name_of(outcome.drift.drift)},
                       {"drifted_columns", static_cast<std::int64_t>(outcome.drift.drifted)},
                       {"inconclusive_columns", static_cast<std::int64_t>(outcome.drift.inconclusive)},
                       {"share", outcome.drift.share},
                       {"threshold", outcome.drift.threshold},
                       {"columns", Json{std::move(columns)}},
                       {"only_in_reference", names_json(outcome.only_in_reference)},
                       {"only_in_current", names_json(outcome.only_in_current)},
                       {"left_out", names_json(outcome.left_out)}});
}

}  // namespace mlops::app
