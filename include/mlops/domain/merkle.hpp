// The Merkle tree of RFC 6962, section 2.1, over SHA-256: the shape of the audit log.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <mlops/support/digest.hpp>

namespace mlops::domain {

Digest leaf_hash(std::string_view leaf);                    // SHA-256(0x00 || leaf)
Digest node_hash(const Digest& left, const Digest& right);  // SHA-256(0x01 || left || right)
Digest empty_root();                                        // SHA-256 of nothing

// A tree that only grows: the hashes of its complete subtrees, largest first, which is all that appending needs.
class MerkleFrontier {
 public:
  MerkleFrontier() = default;
  // From storage; throws Error{integrity} unless `hashes` has one hash per set bit of `size`.
  MerkleFrontier(std::uint64_t size, std::vector<Digest> hashes);

  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::vector<Digest>& hashes() const { return hashes_; }
  [[nodiscard]] Digest root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

}  // namespace mlops::domain
