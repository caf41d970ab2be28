// The artifact store in a folder.
#pragma once

#include <memory>
#include <mutex>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/files.hpp>

#include "layout.hpp"
#include "lease.hpp"
#include "pack_index.hpp"
#include "pack_reader.hpp"
#include "whole_objects.hpp"

namespace mlops::artifacts {

class LocalStore final : public ArtifactStore {
 public:
  LocalStore(const std::filesystem::path& root, const LocalOptions& options);

  std::unique_ptr<PutBatch> begin_put(const PutOptions& options) override;
  bool has(const Digest& digest) override;
  std::optional<std::uint64_t> size(const Digest& digest) override;
  Intactness verify(const Digest& digest, const Progress& progress) override;
  std::string get_bytes(const Digest& digest, std::uint64_t max_bytes) override;
  void read(const Digest& digest, const ByteSink& take, const Progress& progress) override;
  std::unique_ptr<ByteSource> open(const Digest& digest) override;
  void copy_to(const Digest& digest, int fd, const std::filesystem::path& path, const Progress& progress) override;

 private:
  // Before the first use of the index: what is looked up under a lease stays as long as the lease.
  void prepare_to_read();
  const Lease& prepare_to_write();
  // Where the object is, in the order in which it is looked for; nullopt when it is nowhere.
  struct Found {
    std::optional<Recipe> recipe;  // of a file in packs; without one it is a whole object
  };
  [[nodiscard]] std::optional<Found> find(const Digest& digest);
  [[nodiscard]] Found require(const Digest& digest);
  void note_damaged_whole(const Digest& digest);
  [[noreturn]] void throw_damaged_whole(const Digest& digest);
  void copy_whole(const Digest& digest, int fd, const std::filesystem::path& path, const Progress& progress);

  LocalLayout layout_;
  LocalOptions options_;
  std::mutex mutex_;
  std::unique_ptr<const Lease> lease_;
  bool is_loaded_ = false;
  PackIndex index_;
  PackReader packs_;
  WholeObjects whole_;
};

}  // namespace mlops::artifacts
