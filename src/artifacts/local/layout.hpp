// Where things lie in a local store, see docs/formats.md:
//
//   objects/packs/<digest>.pack       chunks and recipes
//   objects/index/<random>.idx        what is in which pack, as a copy
//   objects/condemned                 packs that a garbage collection is about to remove
//   objects/damaged                   what was found damaged
//   objects/leases/<random>           commands at work
//   objects/quarantine/               what a repair moved aside
//   objects/sha256/ab/<digest>        whole objects: blocks shared with the user's files, or from older versions
//   objects/dying/<digest>            whole objects that a garbage collection is about to remove
//   tmp/                              what is not complete yet
#pragma once

#include <filesystem>
#include <optional>

#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

class LocalLayout {
 public:
  explicit LocalLayout(std::filesystem::path root) : root_{std::move(root)} {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path temporaries() const { return root_ / "tmp"; }
  [[nodiscard]] std::filesystem::path objects() const { return root_ / "objects"; }
  [[nodiscard]] std::filesystem::path packs() const { return objects() / "packs"; }
  [[nodiscard]] std::filesystem::path index() const { return objects() / "index"; }
  [[nodiscard]] std::filesystem::path dying() const { return objects() / "dying"; }
  [[nodiscard]] std::filesystem::path leases() const { return objects() / "leases"; }
  [[nodiscard]] std::filesystem::path condemned() const { return objects() / "condemned"; }
  [[nodiscard]] std::filesystem::path damaged() const { return objects() / "damaged"; }
  [[nodiscard]] std::filesystem::path quarantine() const { return objects() / "quarantine"; }
  [[nodiscard]] std::filesystem::path keeper_lock() const { return objects() / "keeper.lock"; }
  [[nodiscard]] std::filesystem::path shards() const { return objects() / "sha256"; }
  // The folder of all whole objects whose digest begins with this byte.
  [[nodiscard]] std::filesystem::path shard(std::uint8_t first_byte) const;
  [[nodiscard]] std::filesystem::path object(const Digest& digest) const;
  // A pack is named by the digest of its table.
  [[nodiscard]] std::filesystem::path pack(const Digest& name) const;
  static std::optional<Digest> pack_name(const std::filesystem::path& file);

 private:
  std::filesystem::path root_;
};

}  // namespace mlops::artifacts
