// Stores that the tests of this room fill and look into.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/fsuid.h>

#include <mlops/artifacts/artifacts.hpp>

#include "files_for_tests.hpp"
#include "local/pack_format.hpp"

namespace mlops::artifacts {

// SplitMix64, eight bytes at a time: the same as in tests/oracles/chunk_cuts.py.
inline std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::string bytes(size + 8, '\0');
  for (std::size_t at = 0; at < size; at += 8) {
    seed += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    mixed ^= mixed >> 31;
    for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<char>(mixed >> (8 * i) & 0xFF);
  }
  bytes.resize(size);
  return bytes;
}

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

inline Digest named(std::string_view text) { return sha256(text); }

inline std::vector<fs::path> packs_of(const fs::path& store) {
  std::vector<fs::path> packs;
  for (const std::string& file : files_below(store / "objects" / "packs"))
    packs.push_back(store / "objects/packs" / file);
  return packs;
}

// All files of the store but the leases, which tell only who is at work.
inline std::set<std::string> kept_files(const fs::path& store) {
  std::set<std::string> files = files_below(store);
  std::erase_if(files, [](const std::string& file) { return file.starts_with("objects/leases/"); });
  return files;
}

inline std::uint64_t bytes_kept(const fs::path& store) {
  std::uint64_t size = 0;
  for (const std::string& file : kept_files(store)) size += fs::file_size(store / file);
  return size;
}

// Files in a batch of their own, durable on return.
inline std::vector<StoredObject> put_all(ArtifactStore& store, std::span<const fs::path> sources) {
  const auto batch = store.begin_put({});
  auto stored = batch->put_files(sources, {});
  batch->finish();
  return stored;
}
inline std::vector<domain::FileEntry> store_all(ArtifactStore& store, const std::vector<PlannedFile>& files,
                                                const StartProgress& start = {}, const ReadOptions& options = {}) {
  const auto batch = store.begin_put({});
  auto entries = store_files(*batch, files, start, options);
  batch->finish();
  return entries;
}

// Everything of an object, however large.
inline std::string content_of(ArtifactStore& store, const Digest& digest) {
  return store.get_bytes(digest, std::uint64_t{1} << 40);
}

// A whole object, as versions of mlops before packs stored everything.
inline fs::path put_whole(const fs::path& store, std::string_view content) {
  const std::string hex = sha256(content).hex();
  return write(store / "objects" / "sha256" / hex.substr(0, 2) / hex, content);
}

// As another user for this thread, whom the modes of files bind even when the tests run as root.
class AsNobody {
 public:
  AsNobody() : before_{::setfsuid(65534)} {}
  ~AsNobody() { ::setfsuid(static_cast<uid_t>(before_)); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  int before_;
};

}  // namespace mlops::artifacts
