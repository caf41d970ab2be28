// `compare --plan`: how many rows a comparison should have before it is made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::app {

struct PlanRequest {
  std::optional<double> baseline;  // the share that the champion gets right; without it, means are compared
  double effect = 0;               // the smallest difference that matters
  std::optional<double> discordant = std::nullopt;  // of shares: rows that only one of the two gets right
  std::optional<double> deviation =
      std::nullopt;  // of means: of the outcomes; of paired differences the design asks for their own
  double confidence = 0.95;
  double power = 0.8;
};

struct PlannedDesign {
  std::string design;  // "same rows, errors independent"
  std::optional<std::int64_t> rows;
  bool is_per_arm = false;
};

// Error{usage} for shares outside [0, 1], and for what is missing.
std::vector<PlannedDesign> plan_comparison(const PlanRequest& request);

Json to_json(const PlanRequest& request, const std::vector<PlannedDesign>& designs);

}  // namespace mlops::app
