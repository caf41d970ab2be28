// Lost objects out of other copies: other registries, or any files with the right bytes.
#pragma once

#include <filesystem>
#include <functional>
#include <set>

#include <mlops/artifacts/maintenance.hpp>

#include "diagnosis.hpp"

namespace mlops::artifacts {

// Puts a file that has the bytes of an object that is wanted. False when that was to no avail.
using PutFile = std::function<bool(const Digest& object, const std::filesystem::path& file)>;
struct Healing {
  const NeededObjects& needed;
  const Progress& progress;
  PutFile put;                        // empty in a dry run
  std::filesystem::path temporaries;  // where copies from registries may stand
  std::string temporary_prefix;       // how they begin
};
// Takes what `from` has out of `wanted`. Error{not_found} when it is not there.
void heal(const std::filesystem::path& from, const Healing& healing, std::set<Digest>& wanted);

}  // namespace mlops::artifacts
