#include <mlops/domain/merkle.hpp>

#include <array>
#include <bit>
#include <span>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

namespace mlops::domain {
namespace {

// RFC 6962 keeps leaves and nodes apart by their first byte, so that no node can pass for a leaf.
constexpr std::byte leaf_mark{0};
constexpr std::byte node_mark{1};

}  // namespace

Digest leaf_hash(std::string_view leaf) {
  Sha256 hash;
  hash.update(std::array{leaf_mark});
  hash.update(leaf);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  Sha256 hash;
  hash.update(std::array{node_mark});
  hash.update(std::as_bytes(std::span{left.bytes()}));
  hash.update(std::as_bytes(std::span{right.bytes()}));
  return hash.finish();
}

Digest empty_root() { return sha256(""); }

MerkleFrontier::MerkleFrontier(std::uint64_t size, std::vector<Digest> hashes)
    : size_{size}, hashes_{std::move(hashes)} {
  const auto expected = static_cast<std::size_t>(std::popcount(size_));
  if (hashes_.size() == expected) return;
  throw Error{ErrorKind::integrity,
              fmt::format("the stored frontier of the audit log has {} hashes, a log of {} events needs {}",
                          hashes_.size(), size_, expected)};
}

void MerkleFrontier::append(const Digest& leaf) {
  Digest subtree = leaf;
  // Each trailing 1 bit of the size is a complete subtree as large as the one that has just become complete.
  for (int merges = std::countr_one(size_); merges > 0; --merges) {
    subtree = node_hash(hashes_.back(), subtree);
    hashes_.pop_back();
  }
  hashes_.push_back(subtree);
  ++size_;
}

Digest MerkleFrontier::root() const {
  if (hashes_.empty()) return empty_root();
  Digest root = hashes_.back();
  for (auto left = hashes_.rbegin() + 1; left != hashes_.rend(); ++left) root = node_hash(*left, root);
  return root;
}

}  // namespace mlops::domain
