// Where things lie in a local store: objects/sha256/<first two hex digits>/<all hex digits>, and in tmp/ what is not
// complete yet.
#pragma once

#include <filesystem>

#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

class LocalLayout {
 public:
  explicit LocalLayout(std::filesystem::path root) : root_{std::move(root)} {}

  [[nodiscard]] std::filesystem::path temporaries() const { return root_ / "tmp"; }
  [[nodiscard]] std::filesystem::path shards() const { return root_ / "objects" / "sha256"; }
  // The folder of all objects whose digest begins with this byte.
  [[nodiscard]] std::filesystem::path shard(std::uint8_t first_byte) const;
  [[nodiscard]] std::filesystem::path object(const Digest& digest) const;

 private:
  std::filesystem::path root_;
};

}  // namespace mlops::artifacts
