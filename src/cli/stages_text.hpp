// The stages of a recipe as people see them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <mlops/domain/stage_run.hpp>
#include <mlops/support/time.hpp>

#include "style.hpp"

namespace mlops::cli {

// A table of what became of each; "" where there are none.
std::string stages_text(const Style& style, std::size_t columns, Timestamp now,
                        const std::vector<domain::StageRun>& stages);
// What would become of them.
std::string planned_stages_text(const Style& style, std::size_t columns, const std::vector<domain::StageRun>& stages);

bool is_reused(const domain::StageRun& stage);

}  // namespace mlops::cli
