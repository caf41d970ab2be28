// Comparisons as people read them.
#pragma once

#include <mlops/app/ab_test.hpp>
#include <mlops/app/compare.hpp>
#include <mlops/app/compare_plan.hpp>

#include "session.hpp"

namespace mlops::cli {

void print_comparison(const Session& session, const app::CompareOutcome& outcome);
void print_ab_test(const Session& session, const app::AbOutcome& outcome);
void print_plan(const Session& session, const std::vector<app::PlannedDesign>& designs);

}  // namespace mlops::cli
