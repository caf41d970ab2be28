// What a search will try, decided before anything is done.
#pragma once

#include <mlops/app/search.hpp>
#include <mlops/app/workspace.hpp>

#include "retrain_plan.hpp"

namespace mlops::app {

// Error{usage} for what makes no sense: no objective, an unknown param, a value that the recipe does not admit.
domain::SearchPlan draw_up(Workspace& workspace, const SearchRequest& request, const RetrainDecision& decision);

}  // namespace mlops::app
