// What of a store can go, and how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mlops/artifacts/maintenance.hpp>

#include "live_set.hpp"
#include "store_parts.hpp"

namespace mlops::artifacts {

struct PackState {
  Digest name;
  std::uint64_t file_bytes = 0;
  std::uint64_t live_bytes = 0;  // stored size of its records, with their headers
  std::uint64_t dead_bytes = 0;
  std::size_t dead_records = 0;
  bool is_young = false;
};

struct CollectPlan {
  std::vector<PackState> dead;      // to be removed
  std::vector<PackState> rewrites;  // to be removed once what lives in them is in another pack
  std::vector<Digest> whole_objects;
  CollectReport figures;  // what lives, what is dead, what of that is kept
};

CollectPlan plan_collection(StoreParts& store, const LiveSet& live, const CollectOptions& options,
                            const Progress& progress);

// Of several copies of a record the one in the pack whose name sorts first is kept, if it is intact: whether this is
// another one.
bool is_spare_copy(const StoreParts& store, const Digest& pack, const Record& record);

}  // namespace mlops::artifacts
