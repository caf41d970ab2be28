#include "row_check.hpp"

#include <optional>
#include <utility>

#include <fmt/core.h>

#include <mlops/formats/table_value.hpp>
#include <mlops/stats/sketch_distinct.hpp>

namespace mlops::app {

namespace {

using domain::Comparison;
using formats::CellKind;
using formats::ValueType;

// One side of a rule, row by row.
class Side {
 public:
  Side(const domain::RuleOperand& operand, const formats::Columns& columns, const formats::RowBatch& batch) {
    if (!operand.is_column) {
      fixed_ = {operand.text, CellKind::plain};
      return;
    }
    const auto found = std::ranges::find(columns, operand.text);
    if (found != columns.end()) column_ = &batch.columns[static_cast<std::size_t>(found - columns.begin())];
  }
  // Missing when the table has no such column.
  [[nodiscard]] const formats::Cell& at(std::size_t row) const { return column_ == nullptr ? fixed_ : (*column_)[row]; }

 private:
  const std::vector<formats::Cell>* column_ = nullptr;
  formats::Cell fixed_;
};

bool holds_for_texts(std::string_view left, Comparison comparison, std::string_view right) {
  switch (comparison) {
    case Comparison::less:
      return left < right;
    case Comparison::less_equal:
      return left <= right;
    case Comparison::greater:
      return left > right;
    case Comparison::greater_equal:
      return left >= right;
    case Comparison::equal:
      return left == right;
    case Comparison::not_equal:
      return left != right;
  }
  return false;
}

// Numbers and times by their values, all else by its text.
bool rule_holds(const formats::Cell& left, Comparison comparison, const formats::Cell& right) {
  const formats::Value a = formats::value_of(left);
  const formats::Value b = formats::value_of(right);
  const bool are_numbers = formats::is_numeric(a.type) && formats::is_numeric(b.type);
  const bool are_times = formats::is_temporal(a.type) && formats::is_temporal(b.type);
  const bool are_flags = a.type == ValueType::boolean && b.type == ValueType::boolean;
  if (are_numbers || are_times || are_flags) return domain::holds(a.number, comparison, b.number);
  return holds_for_texts(left.text, comparison, right.text);
}

}  // namespace

void RowCheck::add(const formats::Columns& columns, const formats::RowBatch& batch) {
  for (std::size_t i = 0; i < schema_->rules.size(); ++i) check_rule(schema_->rules[i], broken_[i], columns, batch);
  if (!schema_->key.empty()) add_keys(columns, batch);
}

void RowCheck::check_rule(const domain::RowRule& rule, Tally& broken, const formats::Columns& columns,
                          const formats::RowBatch& batch) const {
  const Side left{rule.left, columns, batch};
  const Side right{rule.right, columns, batch};
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const formats::Cell& a = left.at(row);
    const formats::Cell& b = right.at(row);
    if (a.kind == CellKind::missing || b.kind == CellKind::missing || rule_holds(a, rule.comparison, b)) continue;
    broken.add(place_of(batch.chunk, batch.row_in_chunk + row), fmt::format("{}, {}", a.text, b.text));
  }
}

void RowCheck::add_keys(const formats::Columns& columns, const formats::RowBatch& batch) {
  std::vector<Side> sides;
  for (const std::string& name : schema_->key)
    sides.emplace_back(domain::RuleOperand{.is_column = true, .text = name}, columns, batch);
  for (std::size_t row = 0; row < batch.rows; ++row) {
    std::string hashes;
    for (const Side& side : sides) hashes += fmt::format("{:x} ", stats::hash_text(side.at(row).text));
    keys_.add(stats::hash_text(hashes), place_of(batch.chunk, batch.row_in_chunk + row));
  }
}

void RowCheck::merge(RowCheck&& other) {
  for (std::size_t i = 0; i < broken_.size(); ++i) broken_[i].merge(other.broken_[i]);
  keys_.merge(std::move(other.keys_));
}

void RowCheck::report(const formats::TableFacts& facts, std::vector<Anomaly>& anomalies) && {
  const auto put = [&](AnomalyCode code, const std::string& column, std::string what, const Tally& tally) {
    if (tally.count() == 0) return;
    anomalies.push_back({.code = code,
                         .column = column,
                         .count = tally.count(),
                         .share = static_cast<double>(tally.count()) / static_cast<double>(facts.rows),
                         .what = std::move(what),
                         .examples = tally.examples(facts)});
  };
  Tally repeated;
  for (const RowPlace row : std::move(keys_).repeated()) repeated.add(row, "");
  put(AnomalyCode::not_unique, join(schema_->key, ", "), "the key stands in an earlier row", repeated);
  for (std::size_t i = 0; i < broken_.size(); ++i) {
    put(AnomalyCode::rule, "", fmt::format("{} does not hold", printable(schema_->rules[i].text)), broken_[i]);
  }
}

}  // namespace mlops::app
