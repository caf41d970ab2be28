// How a promotion is told: by `promote` itself and by `retrain --promote`.
#pragma once

#include <mlops/app/gate.hpp>

#include "session.hpp"

namespace mlops::cli {

Json promotion_json(const app::PromoteOutcome& outcome);
void print_promotion(const Session& session, const app::PromoteOutcome& outcome);

}  // namespace mlops::cli
