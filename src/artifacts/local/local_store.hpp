// The artifact store in a folder.
#pragma once

#include <mutex>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/files.hpp>

#include "layout.hpp"
#include "shard_sync.hpp"
#include "temporary_file.hpp"

namespace mlops::artifacts {

class LocalStore final : public ArtifactStore {
 public:
  explicit LocalStore(const std::filesystem::path& root) : layout_{root}, sync_{layout_} {}

  StoredObject put_file(const std::filesystem::path& source, const Progress& progress) override;
  std::vector<StoredObject> put_files(std::span<const std::filesystem::path> sources,
                                      const Progress& progress) override;
  StoredObject put_bytes(std::string_view bytes) override;
  bool has(const Digest& digest) override;
  std::optional<std::uint64_t> size(const Digest& digest) override;
  Intactness verify(const Digest& digest, const Progress& progress) override;
  std::string get_bytes(const Digest& digest, std::uint64_t max_bytes) override;
  void materialise(const Digest& digest, const std::filesystem::path& target, bool executable,
                   const Progress& progress) override;

 private:
  // These add an object whose name is durable only once the touched shards are settled.
  StoredObject add_file(const std::filesystem::path& source, const Progress& progress, TouchedShards& touched);
  StoredObject add_bytes(std::string_view bytes, TouchedShards& touched);
  StoredObject publish(TemporaryFile& file, const Digest& digest, std::uint64_t size, TouchedShards& touched);

  [[nodiscard]] bool holds(const Digest& digest, std::uint64_t size);
  void prepare_folders();
  [[nodiscard]] FileDescriptor open_object(const Digest& digest) const;
  [[noreturn]] void throw_damaged(const Digest& digest) const;

  LocalLayout layout_;
  ShardSync sync_;
  std::mutex prepare_mutex_;
  bool prepared_ = false;
};

}  // namespace mlops::artifacts
