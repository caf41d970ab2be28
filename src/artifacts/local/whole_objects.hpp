// Objects that are files of their own, objects/sha256/ab/<digest>: on file systems that share blocks between files
// (btrfs, XFS), where storing and materialising them costs neither bytes nor time; and those of older versions of
// mlops, which stored everything so.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>
#include <mlops/support/files.hpp>

#include "layout.hpp"
#include "lease.hpp"
#include "shard_sync.hpp"
#include "source_file.hpp"
#include "temporary_file.hpp"

namespace mlops::artifacts {

class WholeObjects {
 public:
  explicit WholeObjects(const LocalLayout& layout);

  [[nodiscard]] std::optional<std::uint64_t> size(const Digest& digest) const;
  // The same for new versions to rely on: not of those that are condemned.
  [[nodiscard]] std::optional<std::uint64_t> lasting_size(const Digest& digest) const;
  // Error{not_found}, or {integrity} when something else stands there.
  [[nodiscard]] FileDescriptor open(const Digest& digest) const;
  void for_each(const std::function<void(const Digest& digest, std::uint64_t size)>& visit) const;

  // Whether files of this size are stored so here.
  [[nodiscard]] bool wants(std::uint64_t size) const;
  struct Sharing {
    // Asked once the digest of a file is known:
    std::function<bool(const Digest&)> is_packed;  // whether it is stored in packs, for good
    std::function<bool(const Digest&)> is_sound;   // whether the whole object, if there is one, may be relied upon
    bool read_back = false;                        // from the disk, before it gets its name
  };
  // Stores a file by sharing its blocks; nullopt when it lies on another file system.
  std::optional<StoredObject> share(const SourceFile& source, const Lease& lease, const Progress& progress,
                                    const Sharing& sharing);
  // When it returns, all objects shared before are durable.
  void settle();

  // Gives the empty file `target` the object's blocks. False when the file system can't.
  [[nodiscard]] bool share_into(int object, int target) const;
  // Whether the object is as it was when it was last hashed, by what stat(2) tells.
  [[nodiscard]] bool is_unchanged(int object, const Digest& digest) const;
  void remember(int object, const Digest& digest, std::int64_t read_at);

  // For a garbage collection: condemned objects can still be read, but nothing new relies on them.
  void condemn(const Digest& digest) const;
  void for_each_condemned(const std::function<void(const Digest& digest, std::uint64_t size)>& visit) const;
  void restore(const Digest& digest) const;  // unless it has been stored again meanwhile
  void remove_condemned(const Digest& digest) const;

  [[nodiscard]] bool shares_blocks() const { return shares_blocks_; }

 private:
  LocalLayout layout_;
  bool shares_blocks_;
  TouchedShards touched_;
  ShardSync sync_;
  DigestCache known_;
};

}  // namespace mlops::artifacts
