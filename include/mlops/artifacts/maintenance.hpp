// Looking after an artifact store: is all there and intact, what can go, what can be mended, what does it cost.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

// An object that the registry counts on. A size of nullopt: not recorded (logs, diffs, manifests).
struct NeededObject {
  Digest digest;
  std::optional<std::uint64_t> size;
};

struct VerifyOptions {
  // How much of the stored data is read and hashed, from 0 (only that everything is in its place) to 1.
  double sample = 0;
};

// Something wrong in the store.
struct Finding {
  std::string file;  // of the store, relative to its root: "objects/packs/1a2b….pack"; "" for a missing object
  std::string what;  // "the chunk at 4711 is damaged"
  std::vector<Digest> objects;  // needed objects that can't be had whole because of it
  bool is_data = true;          // false: only an index or a leftover, nothing is lost; `repair` mends it
};

struct VerifyReport {
  std::size_t objects = 0;  // needed ones, each once
  std::size_t files = 0;    // of the store, that were looked at
  std::uint64_t bytes = 0;  // of stored data that were read and hashed
  std::vector<Finding> findings;
};

struct CollectOptions {
  // What the registry needs now; asked twice, the second time after the last register that could matter has ended.
  std::function<std::vector<Digest>()> live;
  std::optional<std::chrono::system_clock::time_point> stored_before;  // younger files of the store stay
  bool apply = false;
  // How long to wait for commands that were already running when the collection began; what they may need stays.
  std::chrono::milliseconds wait{10'000};
};

struct CollectReport {
  std::uint64_t live_bytes = 0;       // stored size of what stays
  std::uint64_t dead_bytes = 0;       // stored size of what nothing needs, over `dead_objects`
  std::size_t dead_objects = 0;       // chunks and whole objects
  std::size_t packs_removed = 0;      // wholly dead (with `apply` false: would be)
  std::size_t packs_rewritten = 0;    // mostly dead: what lives was copied to a new pack
  std::size_t leftovers_removed = 0;  // of commands that died
  std::uint64_t freed_bytes = 0;      // on disk
  std::uint64_t kept_bytes = 0;       // dead, but in packs not worth rewriting, or young, or held by `busy`
  std::vector<std::string> busy;      // commands that were still running: "register, process 4711 on laptop"
};

// Where bytes may be healed from: other registries' folders (`.mlops` or the folder around it), or any files and
// folders, of which every file with the size and digest of a needed object serves.
struct RepairOptions {
  std::vector<std::filesystem::path> from;
  bool dry_run = false;  // look at everything, and say what a repair would do
};

struct RepairReport {
  std::size_t indexes_rebuilt = 0;
  // Files of the store moved aside, relative to its root, never deleted; in a dry run those that would be.
  std::vector<std::string> quarantined;
  std::vector<Digest> healed;  // needed objects that were damaged or missing and are whole again
  std::vector<Digest> lost;    // needed objects still damaged or missing
};

// What one owner (a version, a model) needs, each digest once.
struct ObjectGroup {
  std::vector<NeededObject> objects;
};
struct GroupUsage {
  std::uint64_t logical_bytes = 0;    // of its files, each distinct one once
  std::uint64_t stored_bytes = 0;     // that its files take in the store, shared or not
  std::uint64_t exclusive_bytes = 0;  // that no other group shares: what deleting it would free
};
struct StoreUsage {
  std::uint64_t disk_bytes = 0;      // of all files of the store
  std::uint64_t stored_bytes = 0;    // of chunks and whole objects, as stored
  std::uint64_t unpacked_bytes = 0;  // the same before compression
  std::uint64_t needed_bytes = 0;    // stored bytes that at least one group needs
  std::size_t chunks = 0;
  std::size_t packs = 0;
  std::size_t whole_objects = 0;  // stored as files of their own (shared blocks on btrfs and XFS)
  std::uint64_t whole_bytes = 0;
  bool reflinks = false;           // whether this file system can share blocks
  std::string compression;         // "none" or "zstd": what new chunks get
  std::vector<GroupUsage> groups;  // in the order asked
};

class Maintenance {
 public:
  virtual ~Maintenance() = default;
  // Changes nothing, but that damage is noted, so that nothing new relies on it. It is a finding, not an error.
  virtual VerifyReport verify(std::span<const NeededObject> needed, const VerifyOptions& options,
                              const Progress& progress) = 0;
  // How many stored bytes `verify` would read with this sample: the total for its progress.
  virtual std::uint64_t bytes_to_verify(const VerifyOptions& options) = 0;
  // Error{unavailable} when another collection or repair is at work.
  virtual CollectReport collect(const CollectOptions& options, const Progress& progress) = 0;
  // Deletes nothing. Error{unavailable} when a collection or repair is at work.
  virtual RepairReport repair(std::span<const NeededObject> needed, const RepairOptions& options,
                              const Progress& progress) = 0;
  virtual StoreUsage usage(std::span<const ObjectGroup> groups) = 0;
};

std::unique_ptr<Maintenance> open_local_maintenance(const std::filesystem::path& root,
                                                    const LocalOptions& options = {});

}  // namespace mlops::artifacts
