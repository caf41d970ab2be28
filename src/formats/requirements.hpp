// Lists of Python packages: requirements.txt, conda.yaml, python_env.yaml.
// Source: the requirements file format of pip, PEP 503 (names) and PEP 508.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "folder/folder.hpp"

namespace mlops::formats {

// The requirement lines of a file: without comments and options, continued lines joined; at most 300.
std::vector<std::string> requirement_lines(std::string_view text);

// Name (lower case, with hyphens) and version of a line that pins one with `==`, or `=` as conda does.
std::optional<std::pair<std::string, std::string>> pinned(std::string_view requirement);

// Reads those of the folder: pinned versions become libraries unless they are known already; the lines a fact.
void read_requirements(const Folder& folder, domain::Inspection& whole);

}  // namespace mlops::formats
