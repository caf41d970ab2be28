// The code that stages run, by its digests.
#pragma once

#include <filesystem>

#include <mlops/domain/execution.hpp>

namespace mlops::app {

// Notes in `depends` of each stage what its code is in this checkout, before anything is run there: of the paths that
// it names, or of all files of the project but mlops.toml. Inputs and outputs are no code. Error{not_found} for a path
// that is not there.
void note_stage_code(domain::Execution& execution, const std::filesystem::path& project);

}  // namespace mlops::app
