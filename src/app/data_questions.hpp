// What tables say to each question that a gate may ask of data: figures and anomalies, whatever the limit is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/data_schema.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

#include "gate_data.hpp"

namespace mlops::app {

struct DataMeasurement {
  double value = 0;  // of a figure: a share, rows; of an age by a column the latest time there, in milliseconds
  double low = 0;
  double high = 0;
  std::string found;             // in words
  std::vector<std::string> why;  // what speaks against the data, worst first
  bool is_refuted = false;       // whether that decides, whatever the figure
  std::string doubt;             // why low and high differ
  Json details;
};

// Error{usage} for columns that are not there and tables that can't be read.
// `kept_at` is where bins and counts of a large reference are kept.
DataMeasurement measure_drift(const GateTable& data, const GateTable& reference,
                              const std::vector<std::string>& columns,
                              const std::optional<std::filesystem::path>& kept_at = std::nullopt);
DataMeasurement measure_shift(const GateTable& data, const GateTable& reference, const std::string& label);
DataMeasurement find_latest(const GateTable& data, const std::string& column);
DataMeasurement count_rows(const GateTable& data);
DataMeasurement hold_to_schema(const GateTable& data, const domain::DataSchema& schema, Timestamp now);
DataMeasurement find_shared_rows(const GateTable& data, const GateTable& other);
// Which classes of `other` are not in `data`.
DataMeasurement find_missing_classes(const GateTable& data, const GateTable& other, const std::string& label);

}  // namespace mlops::app
