// Where the bytes of versions, datasets, logs and diffs live: content-addressed, written once, checked when read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/files.hpp>
#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

struct StoredObject {
  Digest digest;
  std::uint64_t size = 0;
  bool was_new = false;
};

// Told of bytes as they move; may be empty. It may throw Error{interrupted} to stop the work: nothing half-done stays
// visible.
using Progress = std::function<void(std::uint64_t bytes)>;

enum class Intactness { intact, missing, damaged };

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  // Stores the file's bytes; when it returns they are durable under their digest. Error{usage} when the file changes
  // while it is read, Error{not_found} or {failed} with the path when it can't be read or written.
  virtual StoredObject put_file(const std::filesystem::path& source, const Progress& progress) = 0;
  // The same for many files, several at a time, with one fsync per touched folder instead of one per file. Results are
  // in the order of `sources`; the first error ends it.
  virtual std::vector<StoredObject> put_files(std::span<const std::filesystem::path> sources,
                                              const Progress& progress) = 0;
  virtual StoredObject put_bytes(std::string_view bytes) = 0;

  virtual bool has(const Digest& digest) = 0;
  virtual std::optional<std::uint64_t> size(const Digest& digest) = 0;
  // Reads all the bytes and hashes them.
  virtual Intactness verify(const Digest& digest, const Progress& progress) = 0;
  // The object's bytes, verified; Error{not_found} or Error{integrity}. For small objects: logs, diffs, manifests.
  virtual std::string get_bytes(const Digest& digest, std::uint64_t max_bytes) = 0;
  // Writes the object to `target` (which must not exist): by reflink where the file system can, copied otherwise,
  // verified either way, and visible only when complete. Its bytes are durable; its name is once the folder is fsynced,
  // which checkout_files does once per folder. The mode is 0644, or 0755 when `executable`, less the umask.
  virtual void materialise(const Digest& digest, const std::filesystem::path& target, bool executable,
                           const Progress& progress) = 0;
};

// A store in a folder: objects/sha256/ab/<hex>, see docs/formats.md. Creates nothing until the first put.
std::unique_ptr<ArtifactStore> open_local_store(const std::filesystem::path& root);

// The files behind the given paths, as they will be called inside the version: a folder's files relative to it, a file
// by its name; with several paths each folder keeps its own name in front. `.git` and `.mlops` folders are left out.
// Error{usage} for an empty folder, links that lead out, names that are refused; Error{not_found} for what is missing.
struct PlannedFile {
  std::string path;  // inside the version
  std::filesystem::path source;
  std::uint64_t size = 0;
  bool executable = false;
};
std::vector<PlannedFile> plan_files(const std::vector<std::filesystem::path>& paths);

// Stores the planned files, several at a time; returns their entries, normalised. All are durable on return.
std::vector<domain::FileEntry> store_files(ArtifactStore& store, const std::vector<PlannedFile>& files,
                                           const Progress& progress);
// Only hashes them: what store_files would return.
std::vector<domain::FileEntry> hash_files(const std::vector<PlannedFile>& files, const Progress& progress);

struct CheckoutResult {
  std::size_t written = 0;
  std::size_t unchanged = 0;
  std::uint64_t bytes = 0;  // of the written ones
};
// Materialises the files below `directory`. A file that is there with the right content is left alone; one with other
// content is Error{conflict} that names it (and how many more) before anything is written, unless `force`. Files that
// are not part of the version stay. Never writes through a symbolic link.
CheckoutResult checkout_files(ArtifactStore& store, const std::vector<domain::FileEntry>& files,
                              const std::filesystem::path& directory, bool force, const Progress& progress);

}  // namespace mlops::artifacts
