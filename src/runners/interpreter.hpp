// The Python interpreter behind a command, and what is installed for it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::runners {

// The words that start Python for this command: {"python3"} for `python3 train.py`, for `env A=1 python3 train.py`, and
// for a script whose first line names it; empty for another command.
std::vector<std::string> python_of(const std::vector<std::string>& argv, const std::filesystem::path& directory);

// {"interpreter": {"path", "implementation", "version"}, "packages": {"numpy": "1.24.2", …}} as that interpreter
// answers within 10 s; nullopt when it doesn't.
std::optional<Json> describe_python(const std::vector<std::string>& python, const std::filesystem::path& directory);

}  // namespace mlops::runners
