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

// {"interpreter": {"path", "implementation", "version"}, "packages": {"numpy": "1.24.2", …}}; nullopt when that
// interpreter doesn't answer within 10 s. It is asked each time, since only it knows where it looks (variables, virtual
// environments, `.pth` files); what lies there is read here, which takes a tenth of the time.
std::optional<Json> describe_python(const std::vector<std::string>& python, const std::filesystem::path& directory);

}  // namespace mlops::runners
