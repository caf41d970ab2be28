// What is wrong in a store, and which needed objects can't be had because of it: what a repair begins with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <mlops/artifacts/maintenance.hpp>

#include "layout.hpp"
#include "pack_format.hpp"

namespace mlops::artifacts {

using NeededObjects = std::map<Digest, std::optional<std::uint64_t>>;  // with their sizes

struct Diagnosis {
  std::map<Digest, std::vector<Record>> damaged_packs;  // with the records that are intact in them
  std::vector<Digest> damaged_objects;                  // whole ones
  std::size_t damaged_indexes = 0;
};
// Reads all the data.
Diagnosis diagnose(const LocalLayout& layout, const Progress& progress);

// Needed objects that can't be put together from what is there now. With `salvage` the intact records of damaged packs
// count as if they were in packs of their own. Leaves no note of the damage that it meets.
std::set<Digest> unreadable_objects(const std::filesystem::path& root, const NeededObjects& needed,
                                    const Diagnosis& diagnosis, bool salvage);

}  // namespace mlops::artifacts
