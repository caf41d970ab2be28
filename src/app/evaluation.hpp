// Answers what a gate asks of predictions: makes them, cuts them into slices, and measures each.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <mlops/checks/checks.hpp>

#include "metric_estimate.hpp"
#include "prediction_rows.hpp"

namespace mlops::app {

class Evaluation {
 public:
  using FindHolder = std::function<std::optional<checks::StageHolder>(const std::string& stage)>;
  Evaluation(PredictionMaker& maker, domain::VersionId version, FindHolder find_holder)
      : maker_{maker}, version_{std::move(version)}, find_holder_{std::move(find_holder)} {}

  // What can't be measured is told in Measurement::fault.
  checks::Measurement measure(const domain::PredictionCondition& condition);

 private:
  checks::Measurement measure_rows(const domain::PredictionCondition& condition);

  PredictionMaker& maker_;
  domain::VersionId version_;
  FindHolder find_holder_;
};

}  // namespace mlops::app
