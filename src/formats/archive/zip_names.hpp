// What is wrong with the names in an archive.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archive/zip.hpp"
#include "archive/zip_problems.hpp"

namespace mlops::formats {

// Why unpacking a file of this name is not what it seems: "is an absolute path"; nullopt when nothing is wrong with it.
std::optional<std::string_view> flaw_of_path(std::string_view name);

void check_names(std::span<const ZipMember> members, ZipProblems& problems);

}  // namespace mlops::formats
