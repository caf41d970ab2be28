// One column of a table against its schema.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <mlops/formats/table_value.hpp>
#include <mlops/support/pattern.hpp>

#include "row_places.hpp"
#include "unique_values.hpp"

namespace mlops::app {

// The schema of a column, made ready. All threads share it.
struct ColumnRules {
  // Error{usage} that names the column and the key at fault.
  explicit ColumnRules(const domain::ColumnSchema& column);

  const domain::ColumnSchema& schema;
  std::optional<formats::ValueType> type;
  std::optional<double> min, max;
  std::set<std::string, std::less<>> categories;
  std::optional<Pattern> pattern;
};

// What one thread has found.
class ColumnCheck {
 public:
  explicit ColumnCheck(const ColumnRules& rules) : rules_{&rules} {}

  void add(std::span<const formats::Cell> cells, RowPlace first);
  void merge(ColumnCheck&& other);
  // Of a column that is there.
  void report(const formats::TableFacts& facts, Timestamp now, std::vector<Anomaly>& anomalies) &&;

 private:
  void add_value(const formats::Cell& cell, RowPlace place);
  [[nodiscard]] bool is_out_of_range(const formats::Value& value) const;
  [[nodiscard]] bool has_wrong_length(std::string_view text) const;
  [[nodiscard]] std::string explain(AnomalyCode code) const;
  void report_missing(const formats::TableFacts& facts, std::vector<Anomaly>& anomalies) const;
  void report_stale(Timestamp now, std::vector<Anomaly>& anomalies) const;
  void report_repeated(const formats::TableFacts& facts, std::vector<Anomaly>& anomalies);

  const ColumnRules* rules_;
  std::uint64_t present_ = 0;
  Tally missing_;
  std::map<AnomalyCode, Tally> found_;
  std::optional<double> latest_;
  UniqueValues unique_;
};

}  // namespace mlops::app
