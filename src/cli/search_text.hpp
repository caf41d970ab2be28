// A search over params as text and as JSON.
#pragma once

#include <string>

#include <mlops/app/search.hpp>
#include <mlops/support/json.hpp>

#include "session.hpp"

namespace mlops::cli {

// The trials, best first and those that told nothing last; at most `most`.
std::string trials_text(const Style& style, std::size_t columns, const domain::SearchPlan& plan,
                        const std::vector<app::Trial>& trials, std::optional<std::int64_t> best, std::size_t most);

// "grid search of 12 trials for auc:max, 2 at once"
std::string search_plan_text(const domain::SearchPlan& plan);

Json search_json(const app::SearchOutcome& outcome);
Json trials_json(const std::vector<app::Trial>& trials);

// A span of time such as 2h, in seconds. Error{usage} that names the flag.
std::int64_t parse_span_seconds(const std::string& text, const std::string& flag);

}  // namespace mlops::cli
