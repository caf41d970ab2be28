#include "layout.hpp"

#include <fmt/format.h>

namespace mlops::artifacts {

std::filesystem::path LocalLayout::shard(std::uint8_t first_byte) const {
  return shards() / fmt::format("{:02x}", first_byte);
}

std::filesystem::path LocalLayout::object(const Digest& digest) const {
  return shard(digest.bytes()[0]) / digest.hex();
}

std::filesystem::path LocalLayout::pack(const Digest& name) const { return packs() / (name.hex() + ".pack"); }

std::optional<Digest> LocalLayout::pack_name(const std::filesystem::path& file) {
  if (file.extension() != ".pack") return std::nullopt;
  return Digest::from_hex(file.stem().string());
}

}  // namespace mlops::artifacts
