// Rules on several cells of one row.
#pragma once

#include <vector>

#include <mlops/domain/data_schema.hpp>

#include "row_places.hpp"
#include "unique_values.hpp"

namespace mlops::app {

// What one thread has found.
class RowCheck {
 public:
  explicit RowCheck(const domain::DataSchema& schema) : schema_{&schema}, broken_(schema.rules.size()) {}

  void add(const formats::Columns& columns, const formats::RowBatch& batch);
  void merge(RowCheck&& other);
  void report(const formats::TableFacts& facts, std::vector<Anomaly>& anomalies) &&;

 private:
  void check_rule(const domain::RowRule& rule, Tally& broken, const formats::Columns& columns,
                  const formats::RowBatch& batch) const;
  void add_keys(const formats::Columns& columns, const formats::RowBatch& batch);

  const domain::DataSchema* schema_;
  std::vector<Tally> broken_;
  UniqueValues keys_;
};

}  // namespace mlops::app
