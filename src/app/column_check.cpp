#include "column_check.hpp"

#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/core.h>

#include <mlops/stats/sketch_distinct.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

namespace mlops::app {

namespace {

using formats::CellKind;
using formats::ValueType;

// An end of the range, of the kind that the column's type has.
std::optional<double> range_end(const domain::ColumnSchema& column, std::string_view key,
                                const std::optional<std::string>& text, std::optional<ValueType> type) {
  if (!text) return std::nullopt;
  const formats::Value value = formats::value_of(*text);
  const bool is_time = type && formats::is_temporal(*type);
  const bool has_order = !type || formats::is_numeric(*type) || is_time;
  if (has_order && (is_time ? formats::is_temporal(value.type) : formats::is_numeric(value.type))) return value.number;
  throw Error{ErrorKind::usage,
              fmt::format("column `{}`: `{} = {}` is no {}", printable(column.name), key, printable(*text),
                          is_time ? "date or time" : "number"),
              {has_order ? "write it as the data do" : "only numbers, dates and times have a range"}};
}

std::size_t length_in_characters(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) length += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u ? 1 : 0;
  return length;
}

std::string percent_text(double share) { return fmt::format("{:.4g}%", 100 * share); }

double share_of(std::uint64_t count, std::uint64_t rows) {
  return rows == 0 ? 0 : static_cast<double>(count) / static_cast<double>(rows);
}

std::string bounds_text(std::string_view noun, const std::optional<std::string>& low,
                        const std::optional<std::string>& high) {
  if (low && high) return fmt::format("{} not between {} and {}", noun, *low, *high);
  return low ? fmt::format("{} below {}", noun, *low) : fmt::format("{} above {}", noun, high.value_or(""));
}

std::optional<std::string> as_text(std::optional<std::int64_t> number) {
  if (!number) return std::nullopt;
  return fmt::format("{}", *number);
}

}  // namespace

ColumnRules::ColumnRules(const domain::ColumnSchema& column)
    : schema{column},
      type{formats::value_type_named(column.type)},
      min{range_end(column, "min", column.min, type)},
      max{range_end(column, "max", column.max, type)},
      categories{column.categories.begin(), column.categories.end()} {
  if (min && max && *max < *min) {
    throw Error{ErrorKind::usage, fmt::format("column `{}`: `max` is below `min`", printable(column.name))};
  }
  if (!column.pattern.empty()) pattern.emplace(column.pattern);
}

void ColumnCheck::add(std::span<const formats::Cell> cells, RowPlace first) {
  RowPlace place = first;
  for (const formats::Cell& cell : cells) {
    if (cell.kind == CellKind::missing) {
      missing_.add(place, "");
    } else {
      ++present_;
      add_value(cell, place);
    }
    ++place;
  }
}

void ColumnCheck::add_value(const formats::Cell& cell, RowPlace place) {
  const formats::Value value = formats::value_of(cell);
  const auto note = [&](AnomalyCode code) { found_[code].add(place, cell.text); };
  if (rules_->schema.unique) unique_.add(stats::hash_text(cell.text), place);
  // A value of another type has no place in a range, and is told once.
  if (rules_->type && !formats::accepts(*rules_->type, value.type)) return note(AnomalyCode::type);
  if (std::isinf(value.number) && !rules_->schema.infinite && rules_->type != ValueType::text)
    note(AnomalyCode::infinite);
  if (is_out_of_range(value)) note(AnomalyCode::out_of_range);
  if (has_wrong_length(cell.text)) note(AnomalyCode::length);
  if (!rules_->categories.empty() && !rules_->categories.contains(cell.text)) note(AnomalyCode::unexpected_category);
  if (rules_->pattern && !rules_->pattern->matches(cell.text)) note(AnomalyCode::pattern);
  if (!rules_->schema.max_age.empty()) latest_ = std::max(latest_.value_or(value.number), value.number);
}

bool ColumnCheck::is_out_of_range(const formats::Value& value) const {
  const bool has_order = formats::is_numeric(value.type) || (rules_->type && formats::is_temporal(value.type));
  if (!has_order) return false;
  return (rules_->min && value.number < *rules_->min) || (rules_->max && value.number > *rules_->max);
}

bool ColumnCheck::has_wrong_length(std::string_view text) const {
  const auto& [least, most] = std::tie(rules_->schema.min_length, rules_->schema.max_length);
  if (!least && !most) return false;
  const auto length = static_cast<std::int64_t>(length_in_characters(text));
  return (least && length < *least) || (most && length > *most);
}

void ColumnCheck::merge(ColumnCheck&& other) {
  present_ += other.present_;
  missing_.merge(other.missing_);
  for (const auto& [code, tally] : other.found_) found_[code].merge(tally);
  if (other.latest_) latest_ = std::max(latest_.value_or(*other.latest_), *other.latest_);
  unique_.merge(std::move(other.unique_));
}

std::string ColumnCheck::explain(AnomalyCode code) const {
  const domain::ColumnSchema& schema = rules_->schema;
  switch (code) {
    case AnomalyCode::type:
      return fmt::format("not of the type {}", schema.type);
    case AnomalyCode::infinite:
      return "infinite";
    case AnomalyCode::out_of_range:
      return bounds_text("", schema.min, schema.max).substr(1);
    case AnomalyCode::length:
      return bounds_text("length", as_text(schema.min_length), as_text(schema.max_length));
    case AnomalyCode::unexpected_category:
      return fmt::format("none of the {} categories", schema.categories.size());
    case AnomalyCode::pattern:
      return fmt::format("does not match {}", printable(schema.pattern));
    default:
      return "";
  }
}

void ColumnCheck::report(const formats::TableFacts& facts, Timestamp now, std::vector<Anomaly>& anomalies) && {
  report_missing(facts, anomalies);
  for (const auto& [code, tally] : found_) {
    anomalies.push_back({.code = code,
                         .column = rules_->schema.name,
                         .count = tally.count(),
                         .share = share_of(tally.count(), facts.rows),
                         .what = explain(code),
                         .examples = tally.examples(facts)});
  }
  report_stale(now, anomalies);
  report_repeated(facts, anomalies);
}

void ColumnCheck::report_missing(const formats::TableFacts& facts, std::vector<Anomaly>& anomalies) const {
  // A key of JSON that turned up late was missing before.
  const std::uint64_t missing = facts.rows - present_;
  const double share = share_of(missing, facts.rows);
  if (!rules_->schema.max_missing || share <= *rules_->schema.max_missing) return;
  anomalies.push_back({.code = AnomalyCode::missing_values,
                       .column = rules_->schema.name,
                       .count = missing,
                       .share = share,
                       .what = fmt::format("{} have no value, at most {} may", percent_text(share),
                                           percent_text(*rules_->schema.max_missing)),
                       .examples = missing_.examples(facts)});
}

void ColumnCheck::report_stale(Timestamp now, std::vector<Anomaly>& anomalies) const {
  const std::string& age = rules_->schema.max_age;
  const auto oldest = age.empty() ? std::nullopt : parse_time(age, now);
  if (!oldest) return;
  std::string what = "no value tells how old the data are";
  if (latest_) {
    if (*latest_ >= static_cast<double>(oldest->milliseconds)) return;
    what = fmt::format("the latest is {}, more than {} before {}",
                       rfc3339({.milliseconds = static_cast<std::int64_t>(*latest_)}), age, rfc3339(now));
  }
  anomalies.push_back({.code = AnomalyCode::stale,
                       .column = rules_->schema.name,
                       .count = 0,
                       .share = std::nullopt,
                       .what = std::move(what),
                       .examples = {}});
}

void ColumnCheck::report_repeated(const formats::TableFacts& facts, std::vector<Anomaly>& anomalies) {
  const std::vector<RowPlace> rows = std::move(unique_).repeated();
  if (rows.empty()) return;
  Tally tally;
  for (const RowPlace row : rows) tally.add(row, "");
  anomalies.push_back({.code = AnomalyCode::not_unique,
                       .column = rules_->schema.name,
                       .count = tally.count(),
                       .share = share_of(tally.count(), facts.rows),
                       .what = "the value stands in an earlier row",
                       .examples = tally.examples(facts)});
}

}  // namespace mlops::app
