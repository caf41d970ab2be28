// Answers what a gate asks of data. What was measured is kept by the digests of all that it depends on, and used again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "data_questions.hpp"
#include "gate_data.hpp"

namespace mlops::app {

class DataFindings {
 public:
  // All must outlive it.
  DataFindings(Workspace& workspace, CheckGround& ground, GateData& data)
      : workspace_{workspace}, ground_{ground}, data_{data} {}

  // What can't be told is told in DataFinding::fault.
  checks::DataFinding look(const domain::DataCondition& condition);

 private:
  // What a condition speaks of, opened.
  struct Subjects {
    GateTable data;
    std::optional<GateTable> other;
    std::optional<std::string> schema;  // its text
  };
  struct Measured {
    DataMeasurement measurement;
    bool is_reused = false;
  };

  [[nodiscard]] checks::DataFinding answer(const domain::DataCondition& condition);
  [[nodiscard]] Measured measured(const domain::DataCondition& condition, const Subjects& subjects);
  [[nodiscard]] DataMeasurement measure(const domain::DataCondition& condition, const Subjects& subjects) const;
  [[nodiscard]] DataMeasurement age_of(const domain::DataCondition& condition, const Subjects& subjects,
                                       const DataMeasurement& latest) const;
  [[nodiscard]] std::filesystem::path place_in_cache(const domain::DataCondition& condition,
                                                     const Subjects& subjects) const;
  [[nodiscard]] std::string read_schema(const std::string& path);

  Workspace& workspace_;
  CheckGround& ground_;
  GateData& data_;
};

}  // namespace mlops::app
