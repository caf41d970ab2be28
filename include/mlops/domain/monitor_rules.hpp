// How a model's versions are watched in production, from [model.NAME.monitor]. Reference: docs/policy.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/compound.hpp>
#include <mlops/domain/predictions.hpp>

namespace mlops::domain {

struct MonitorRules {
  std::optional<std::string> stage;      // whose holder is watched; the last stage otherwise
  std::optional<std::string> reference;  // the role of the version's dataset; "train" otherwise, or its only one
  std::optional<std::int64_t> every_ms;  // a batch is expected that often
  // What must hold once outcomes are known; nullopt: what the gate of the stage asks of numbers. Each compares a metric
  // of all rows with a number.
  std::optional<std::vector<Compound<PredictionCondition>>> metrics;
  std::vector<std::string> ignore;  // columns that are no features
};

}  // namespace mlops::domain
