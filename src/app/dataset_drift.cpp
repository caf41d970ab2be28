#include <mlops/app/dataset_drift.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <variant>

#include <fmt/core.h>

#include <mlops/formats/table_value.hpp>
#include <mlops/support/error.hpp>

#include "column_kinds.hpp"
#include "counts_drift.hpp"
#include "data_source.hpp"
#include "frozen_reference.hpp"
#include "reference_cache.hpp"

namespace mlops::app {

namespace {

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
  if (name_their_rows(counts.size(), reference.texts.size())) return std::nullopt;
  return stats::category_drift(reference.name, counts, text_counts(current), rules);
}

bool is_asked(const std::string& name, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

// As a table in memory would refuse it.
void demand_columns(const FrozenReference& reference, const std::string& source,
                    const std::vector<std::string>& wanted) {
  formats::Table table;
  table.source = source;
  for (const FrozenColumn& column : reference.columns) {
    table.columns.push_back({.name = column.name, .texts = {}, .missing = {}});
  }
  for (const std::string& name : wanted) (void)table.at(name);
}

stats::ColumnDrift drift_of_counts(const FrozenColumn& reference, const stats::Histogram& current,
                                   const stats::DriftRules& rules) {
  const bool are_numbers = std::holds_alternative<stats::NumberBins>(current.bins());
  return are_numbers ? stats::number_drift(reference.name, reference.counts, current, reference.deviation, rules)
                     : stats::category_drift(reference.name, reference.counts, current, rules);
}

Json figure_json(const stats::DriftFigure& figure) {
  const auto finite = [](double value) { return std::isfinite(value) ? Json{value} : Json{}; };
  return Json::object({{"statistic", name_of(figure.statistic)},
                       {"value", finite(figure.value)},
                       {"low", finite(figure.bounds.low)},
                       {"high", finite(figure.bounds.high)},
                       {"threshold", figure.threshold},
                       {"null_bound", finite(figure.null_bound)},
                       {"p", figure.p ? Json{*figure.p} : Json{}},
                       {"adjusted_p", figure.adjusted_p ? Json{*figure.adjusted_p} : Json{}},
                       {"drift", name_of(figure.drift)}});
}

Json names_json(const std::vector<std::string>& names) {
  Json::Array list;
  for (const std::string& name : names) list.emplace_back(name);
  return Json{std::move(list)};
}

}  // namespace

DriftOutcome compare_counts(const FrozenReference& reference, const CountedTable& current,
                            const std::vector<std::string>& wanted, const stats::DriftRules& rules) {
  DriftOutcome outcome;
  outcome.is_in_bins = true;
  std::vector<stats::ColumnDrift> columns;
  for (const FrozenColumn& column : reference.columns) {
    if (!is_asked(column.name, wanted)) continue;
    const stats::Histogram* const now = current.find(column.name);
    if (now == nullptr) {
      outcome.only_in_reference.push_back(column.name);
    } else if (column.names_rows) {
      outcome.left_out.push_back(column.name);
    } else {
      columns.push_back(drift_of_counts(column, *now, rules));
    }
  }
  for (const std::string& name : current.others) {
    if (is_asked(name, wanted)) outcome.only_in_current.push_back(name);
  }
  outcome.drift = stats::dataset_drift(std::move(columns), rules);
  return outcome;
}

// A column that is gone is as far from the reference as one can be.
bool DriftOutcome::has_drifted() const { return drift.drift == stats::Drift::yes || !only_in_reference.empty(); }

DriftOutcome compare_drift(const Context& context, const DriftRequest& request) {
  const DataSource reference = open_data(context, request.reference);
  const DataSource current = open_data(context, request.current);
  stats::DriftRules rules;
  rules.share_of_columns = request.share.value_or(rules.share_of_columns);
  std::optional<std::filesystem::path> kept_at;
  if (reference.digest)
    kept_at = place_of_frozen(reference.workspace->registry(), *reference.digest, reference.options);
  return compare_sources({*reference.bytes, reference.options, kept_at}, {*current.bytes, current.options},
                         request.columns, rules, request.in_bins);
}

DriftOutcome compare_sources(const DriftTable& reference, const DriftTable& current,
                             const std::vector<std::string>& columns, const stats::DriftRules& rules, bool in_bins) {
  if (!in_bins && reference.bytes.size() + current.bytes.size() <= most_held_bytes) {
    return compare_tables(formats::load_table(reference.bytes, reference.options),
                          formats::load_table(current.bytes, current.options), columns, rules);
  }
  const FrozenReference frozen = reference.kept_at
                                     ? kept_or_frozen(*reference.kept_at, reference.bytes, reference.options)
                                     : freeze_table(reference.bytes, reference.options);
  demand_columns(frozen, reference.options.name, columns);
  return compare_counts(frozen, count_into(frozen, current.bytes, current.options), columns, rules);
}

DriftOutcome compare_tables(const formats::Table& reference, const formats::Table& current,
                            const std::vector<std::string>& wanted, const stats::DriftRules& rules) {
  for (const std::string& name : wanted) (void)reference.at(name);
  DriftOutcome outcome;
  std::vector<stats::ColumnDrift> columns;
  for (const formats::LoadedColumn& column : reference.columns) {
    if (!is_asked(column.name, wanted)) continue;
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
    if (is_asked(column.name, wanted) && reference.find(column.name) == nullptr) {
      outcome.only_in_current.push_back(column.name);
    }
  }
  outcome.drift = stats::dataset_drift(std::move(columns), rules);
  return outcome;
}

Json to_json(const stats::ColumnDrift& column) {
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

Json to_json(const DriftOutcome& outcome) {
  Json::Array columns;
  for (const stats::ColumnDrift& column : outcome.drift.columns) columns.push_back(to_json(column));
  return Json::object({{"drifted", outcome.has_drifted()},
                       {"drift", name_of(outcome.drift.drift)},
                       {"counted_in", outcome.is_in_bins ? "bins" : "values"},
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
