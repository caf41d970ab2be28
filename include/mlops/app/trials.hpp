// The trials of a search.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/search.hpp>
#include <mlops/store/store.hpp>

namespace mlops::app {

struct Trial {
  std::int64_t number = 0;
  std::optional<std::int64_t> run;  // nullopt for one that was not begun
  domain::Params params;            // those that are searched
  domain::RunStatus status = domain::RunStatus::running;
  std::string failure;
  std::optional<double> value;  // of the objective
  domain::Metrics metrics;
};

Json to_json(const Trial& trial);

// The trials of a recorded search as they stand, by number, and the best of them.
struct SearchTable {
  domain::SearchPlan plan;
  std::vector<Trial> trials;
  std::optional<std::int64_t> best;
};
SearchTable search_table(store::ReadTransaction& view, const domain::Run& search);

}  // namespace mlops::app
