// The table of a search as it is stored and shown.
#pragma once

#include <mlops/app/trials.hpp>

namespace mlops::app {

// The file under which a search keeps its table, as an output of its run.
inline constexpr const char* search_file = "search.json";

Json to_json(const SearchTable& table);

}  // namespace mlops::app
