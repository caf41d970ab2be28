#include "data_questions.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include <mlops/app/dataset_check.hpp>
#include <mlops/app/dataset_drift.hpp>
#include <mlops/formats/table_value.hpp>
#include <mlops/stats/proportion.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "class_counts.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_told = 100;  // columns, classes or anomalies in the evidence

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string percent(double share) { return fmt::format("{:.4g}%", 100 * share); }

// "LEAKAGE: 3 rows (0.5%), the test row stands in the training data, too (rows 4, 9 and 12)"
std::string anomaly_text(const Anomaly& anomaly) {
  std::string text{name_of(anomaly.code)};
  if (!anomaly.column.empty()) text += fmt::format(" {}", printable(anomaly.column));
  text += ": ";
  if (anomaly.count > 0) text += counted(anomaly.count, "row");
  if (anomaly.count > 0 && anomaly.share) text += fmt::format(" ({})", percent(*anomaly.share));
  if (anomaly.count > 0) text += ", ";
  text += anomaly.what;
  if (anomaly.examples.empty()) return text;
  std::vector<std::string> rows;
  for (const auto& [row, value] : anomaly.examples)
    rows.push_back(value.empty() ? fmt::format("{}", row) : fmt::format("{} ({})", row, value));
  return text + fmt::format("; first in row {}", join(rows, ", "));
}

void tell_anomalies(const std::vector<Anomaly>& anomalies, DataMeasurement& measured) {
  Json list = Json::array();
  for (const Anomaly& anomaly : anomalies) {
    if (list.as_array().size() < most_told) list.push_back(to_json(anomaly));
    measured.why.push_back(anomaly_text(anomaly));
  }
  measured.details.set("anomalies", std::move(list));
}

// "age: wasserstein 0.31, threshold 0.1"
std::string drifted_text(const stats::ColumnDrift& column) {
  std::string text = printable(column.column) + ":";
  for (const stats::DriftFigure& figure : column.figures) {
    if (figure.drift != column.drift) continue;
    const double p = figure.adjusted_p.value_or(figure.p.value_or(0));
    text += figure.p ? fmt::format(" {} p {:.4g}", name_of(figure.statistic), p)
                     : fmt::format(" {} {:.4g}", name_of(figure.statistic), figure.value);
    text += fmt::format(", threshold {}", figure_text(figure.threshold));
    break;
  }
  if (const auto& change = column.largest_change) {
    text += fmt::format("; {} from {} to {}", truncate_to_width(printable(change->name), 40),
                        percent(change->reference), percent(change->current));
  }
  return text;
}

// Those that drifted first.
Json drift_columns(std::vector<stats::ColumnDrift> columns) {
  const auto rank = [](const stats::ColumnDrift& column) {
    if (column.drift == stats::Drift::yes) return 0;
    return column.drift == stats::Drift::inconclusive ? 1 : 2;
  };
  std::ranges::stable_sort(columns, {}, rank);
  Json list = Json::array();
  for (const stats::ColumnDrift& column : columns) {
    if (list.as_array().size() < most_told) list.push_back(to_json(column));
  }
  return list;
}

Json names_of(const std::vector<std::string>& names) {
  Json list = Json::array();
  for (const std::string& name : names) list.push_back(name);
  return list;
}

}  // namespace

DataMeasurement measure_drift(const GateTable& data, const GateTable& reference,
                              const std::vector<std::string>& columns,
                              const std::optional<std::filesystem::path>& kept_at) {
  const DriftOutcome outcome =
      compare_sources({*reference.bytes, reference.options, kept_at}, {*data.bytes, data.options}, columns, {});
  const std::size_t gone = outcome.only_in_reference.size();
  const std::size_t all = outcome.drift.columns.size() + gone;
  if (all == 0) {
    throw Error{ErrorKind::usage, fmt::format("no column of {} can be compared with {}", data.name, reference.name)};
  }
  const std::size_t drifted = outcome.drift.drifted + gone;
  const auto share = [&](std::size_t count) { return static_cast<double>(count) / static_cast<double>(all); };

  DataMeasurement measured;
  measured.value = measured.low = share(drifted);
  measured.high = share(drifted + outcome.drift.inconclusive);
  measured.found = fmt::format("{}: {} of {}", figure_text(measured.value), drifted, counted(all, "column"));
  for (const std::string& name : outcome.only_in_reference)
    measured.why.push_back(fmt::format("{}: the column is gone", printable(name)));
  measured.is_refuted = gone > 0;
  std::string unsure;
  for (const stats::ColumnDrift& column : outcome.drift.columns) {
    if (column.drift == stats::Drift::yes) measured.why.push_back(drifted_text(column));
    if (column.drift == stats::Drift::inconclusive) unsure += (unsure.empty() ? "" : ", ") + printable(column.column);
  }
  if (outcome.drift.inconclusive > 0) {
    measured.found += fmt::format(", and {} that can't be told", outcome.drift.inconclusive);
    measured.doubt =
        fmt::format("{} to tell whether these have drifted: {}",
                    outcome.is_in_bins ? "there are too few rows, or too wide bins," : "there are too few rows",
                    truncate_to_width(unsure, 200));
  }
  measured.details = Json::object({{"compared", static_cast<std::int64_t>(all)},
                                   {"counted_in", outcome.is_in_bins ? "bins" : "values"},
                                   {"drifted", static_cast<std::int64_t>(drifted)},
                                   {"inconclusive", static_cast<std::int64_t>(outcome.drift.inconclusive)},
                                   {"drift", drift_columns(outcome.drift.columns)},
                                   {"only_in_reference", names_of(outcome.only_in_reference)},
                                   {"only_in_data", names_of(outcome.only_in_current)},
                                   {"left_out", names_of(outcome.left_out)}});
  return measured;
}

DataMeasurement measure_shift(const GateTable& data, const GateTable& reference, const std::string& label) {
  const ClassCounts now = read_classes(*data.bytes, data.options, label).classes;
  const ClassCounts before = read_classes(*reference.bytes, reference.options, label).classes;
  for (const auto& [table, counts] : {std::pair{&data, &now}, std::pair{&reference, &before}}) {
    if (counts->empty())
      throw Error{ErrorKind::usage, fmt::format("{} has no value of `{}`", table->name, printable(label))};
  }
  std::set<std::string> classes;
  for (const auto* counts : {&now, &before}) {
    for (const auto& [value, count] : *counts) classes.insert(value);
  }
  const auto proportion = [](const ClassCounts& counts, const std::string& value) {
    const auto found = counts.find(value);
    return stats::Proportion{.successes = found == counts.end() ? 0 : static_cast<std::int64_t>(found->second),
                             .trials = static_cast<std::int64_t>(total(counts))};
  };

  DataMeasurement measured;
  measured.value = -1;
  Json list = Json::array();
  for (const std::string& value : classes) {
    const stats::Proportion own = proportion(now, value);
    const stats::Proportion other = proportion(before, value);
    const auto [low, high] = stats::compare_proportions(other, own).difference.interval;
    const double change = std::abs(stats::share_of(own) - stats::share_of(other));
    const bool may_be_none = low <= 0 && high >= 0;
    // Every class has to keep the limit: the worst of them bounds all.
    measured.low = std::max(measured.low, may_be_none ? 0 : std::min(std::abs(low), std::abs(high)));
    measured.high = std::max(measured.high, std::max(std::abs(low), std::abs(high)));
    if (list.as_array().size() < most_told) {
      list.push_back(Json::object({{"class", value},
                                   {"share", stats::share_of(own)},
                                   {"reference_share", stats::share_of(other)},
                                   {"interval", Json::array({low, high})}}));
    }
    if (change <= measured.value) continue;
    measured.value = change;
    measured.found =
        fmt::format("{}: {} is {} of {} and {} of {}", figure_text(change), printable(value),
                    percent(stats::share_of(own)), data.name, percent(stats::share_of(other)), reference.name);
  }
  measured.why.push_back(measured.found.substr(measured.found.find(": ") + 2));
  measured.doubt = fmt::format("{} and {} rows leave it between {} and {}", total(now), total(before),
                               figure_text(measured.low), figure_text(measured.high));
  measured.details = Json::object({{"column", label}, {"classes", std::move(list)}});
  return measured;
}

DataMeasurement find_latest(const GateTable& data, const std::string& column) {
  std::optional<double> latest;
  std::int64_t others = 0;
  const formats::RowVisitor visitor = [&](const formats::Columns& columns, const formats::RowBatch& batch) {
    const auto found = std::ranges::find(columns, column);
    if (found == columns.end()) return;
    for (const formats::Cell& cell : batch.columns[static_cast<std::size_t>(found - columns.begin())]) {
      if (cell.kind == formats::CellKind::missing) continue;
      const formats::Value value = formats::value_of(cell);
      if (formats::is_temporal(value.type)) {
        latest = std::max(latest.value_or(value.number), value.number);
      } else {
        ++others;
      }
    }
  };
  const formats::TableFacts facts = formats::read_table(*data.bytes, data.options, visitor);
  require_column(facts.columns, column, data.name);
  if (!latest) {
    throw Error{ErrorKind::usage,
                fmt::format("no value of `{}` in {} is a date or time", printable(column), data.name)};
  }
  DataMeasurement measured;
  measured.value = *latest;
  measured.details = Json::object({{"column", column}, {"other_values", others}});
  return measured;
}

DataMeasurement count_rows(const GateTable& data) {
  const formats::TableFacts facts =
      formats::read_table(*data.bytes, data.options, [](const formats::Columns&, const formats::RowBatch&) {});
  DataMeasurement measured;
  measured.value = measured.low = measured.high = static_cast<double>(facts.rows);
  measured.found = fmt::format("{}", facts.rows);
  measured.why.push_back(fmt::format("{} has {}", data.name, counted(facts.rows, "row")));
  return measured;
}

DataMeasurement hold_to_schema(const GateTable& data, const domain::DataSchema& schema, Timestamp now) {
  formats::TableFacts facts;
  const auto anomalies = check_table(*data.bytes, data.options, schema, now, facts);
  DataMeasurement measured;
  measured.found = anomalies.empty()
                       ? fmt::format("{}, {}", counted(facts.rows, "row"), counted(facts.columns.size(), "column"))
                       : counted(anomalies.size(), "kind") + " of anomalies";
  measured.details = Json::object({{"rows", facts.rows}, {"columns", static_cast<std::int64_t>(facts.columns.size())}});
  tell_anomalies(anomalies, measured);
  return measured;
}

DataMeasurement find_shared_rows(const GateTable& data, const GateTable& other) {
  auto anomalies = check_split(*data.bytes, data.options, *other.bytes, other.options, std::nullopt);
  for (Anomaly& anomaly : anomalies)
    anomaly.what = fmt::format("the row of {} stands in {}, too", other.name, data.name);
  DataMeasurement measured;
  measured.found = anomalies.empty() ? "none" : counted(anomalies.front().count, "row");
  tell_anomalies(anomalies, measured);
  return measured;
}

DataMeasurement find_missing_classes(const GateTable& data, const GateTable& other, const std::string& label) {
  const ClassTable known = read_classes(*data.bytes, data.options, label);
  const ClassTable wanted = read_classes(*other.bytes, other.options, label);
  const auto rows = static_cast<double>(total(wanted.classes));
  std::vector<Anomaly> anomalies;
  for (const auto& [value, count] : wanted.classes) {
    if (known.classes.contains(value)) continue;
    anomalies.push_back({.code = AnomalyCode::class_new,
                         .column = label,
                         .count = count,
                         .share = static_cast<double>(count) / rows,
                         .what = fmt::format("no row of {} has {}", data.name, truncate_to_width(printable(value), 80)),
                         .examples = {{.row = wanted.first_rows.at(value), .value = ""}}});
  }
  DataMeasurement measured;
  const std::size_t all = wanted.classes.size();
  measured.found = fmt::format("{} of {} {}", all - anomalies.size(), all, all == 1 ? "class" : "classes");
  tell_anomalies(anomalies, measured);
  return measured;
}

}  // namespace mlops::app
