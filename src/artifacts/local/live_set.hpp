// What of a store is needed.
#pragma once

#include <cstdint>
#include <vector>

#include <mlops/support/digest.hpp>

#include "store_parts.hpp"

namespace mlops::artifacts {

// The needed records and whole objects, by the first 8 bytes of their digests. Two digests that share them only keep
// something that could go, and 8 bytes instead of 33 let the largest stores fit in memory.
class LiveSet {
 public:
  void add(const Digest& digest) { keys_.push_back(key(digest)); }
  void close();  // once all is in it
  [[nodiscard]] bool contains(const Digest& digest) const;

 private:
  static std::uint64_t key(const Digest& digest);
  std::vector<std::uint64_t> keys_;
};

// The objects, their records, and what holds the lists of these. Error{integrity} when a recipe is damaged.
LiveSet mark(StoreParts& store, const std::vector<Digest>& objects);

}  // namespace mlops::artifacts
