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
#include <mlops/support/byte_source.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/file_state.hpp>
#include <mlops/support/parallel.hpp>

namespace mlops::artifacts {

class DigestCache;

struct StoredObject {
  Digest digest;
  std::uint64_t size = 0;
  bool was_new = false;   // false: the store had all of its bytes already
  FileState source = {};  // the file's state when it was read; all zero when it came from memory
};

enum class Intactness { intact, missing, damaged };

// Takes an object's bytes in order, in pieces.
using ByteSink = std::function<void(std::span<const std::byte>)>;

struct PutOptions {
  // What the store has already of the bytes is read and compared with them, and stored again where it is damaged.
  bool compare = false;
};

// Objects that become durable together, in as few packs and fsyncs as their bytes need. To be used by one thread.
class PutBatch {
 public:
  // Without finish(), what was put is garbage at most.
  virtual ~PutBatch() = default;

  // Stores the files' bytes, several at a time; results are in the order of `sources`, the first error ends it.
  // Error{usage} when a file changes while it is read, Error{not_found} or {failed} with the path when it can't be read
  // or written.
  virtual std::vector<StoredObject> put_files(std::span<const std::filesystem::path> sources,
                                              const Progress& progress) = 0;
  virtual StoredObject put_bytes(std::string_view bytes) = 0;
  // Whether the store has the object for a new version to rely on: what it says is there stays until the store object
  // goes, whatever a garbage collection does meanwhile.
  virtual bool holds(const Digest& digest) = 0;

  // When it returns, all that was put is durable under its digest. Nothing may name it before. Once.
  virtual void finish() = 0;
};

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  // To be finished or gone before the store object goes.
  virtual std::unique_ptr<PutBatch> begin_put(const PutOptions& options) = 0;
  // Batches of one object: it is durable on return.
  StoredObject put_file(const std::filesystem::path& source, const Progress& progress);
  StoredObject put_bytes(std::string_view bytes);

  virtual bool has(const Digest& digest) = 0;
  virtual std::optional<std::uint64_t> size(const Digest& digest) = 0;
  // Reads all the bytes and hashes them.
  virtual Intactness verify(const Digest& digest, const Progress& progress) = 0;
  // The object's bytes, verified; Error{not_found} or Error{integrity}. For small objects: logs, diffs, manifests.
  virtual std::string get_bytes(const Digest& digest, std::uint64_t max_bytes) = 0;
  // Hands on the object's bytes in order; each piece was verified before, the whole against `digest` at the end.
  // Error{not_found} or Error{integrity}.
  virtual void read(const Digest& digest, const ByteSink& take, const Progress& progress) = 0;
  // The object's bytes, to be read from anywhere while the store is there; Error{not_found}, and Error{integrity} when
  // a piece that is read is damaged. Of what a whole object holds (docs/formats.md) only verify() can tell that.
  virtual std::unique_ptr<ByteSource> open(const Digest& digest) = 0;
  // Makes the file `fd`, open for reading and writing, hold the object's bytes and nothing else: by reflink where the
  // file system can, copied otherwise, verified either way. What it holds of their beginning already is verified
  // instead of copied. They are not durable yet: checkout_files fsyncs many files at a time, which is five times as
  // fast as one after the other. `path` is for the error.
  virtual void copy_to(const Digest& digest, int fd, const std::filesystem::path& path, const Progress& progress) = 0;
};

enum class Compression { none, zstd };

struct LocalOptions {
  Compression compression = Compression::none;  // of new chunks; what is there is read either way
  std::string command = {};                     // of the person, for those who wait for it: "register"
  bool read_back = false;                       // what was written is read from the disk and compared, then named
  bool notes_damage = true;                     // false: also damage that is met leaves no note in the store
};

// A store in a folder, see docs/formats.md. Creates nothing until the first put. What is put is safe from a garbage
// collection until the store object goes, so it is kept until the registry names the objects.
std::unique_ptr<ArtifactStore> open_local_store(const std::filesystem::path& root, const LocalOptions& options = {});

// The files behind the given paths, as they will be called inside the version: a folder's files relative to it, a file
// by its name; with several paths each folder keeps its own name in front. `.git` and `.mlops` folders are left out,
// and what killed checkouts left behind. Error{usage} for an empty folder, links that lead out, names that are refused;
// Error{not_found} for what is missing.
struct PlannedFile {
  std::string path;  // inside the version
  std::filesystem::path source;
  FileState state;
  bool executable = false;
};
std::vector<PlannedFile> plan_files(const std::vector<std::filesystem::path>& paths);

// Begins a progress display of so many bytes, once it is known how many have to move; may be empty.
using StartProgress = std::function<Progress(std::uint64_t total)>;

struct ReadOptions {
  DigestCache* cache = nullptr;  // files it knows are not read
  bool read_again = false;       // all files are read, whatever the cache knows
};

// Puts the planned files, several at a time; returns their entries, normalised. Durable with the batch.
std::vector<domain::FileEntry> store_files(PutBatch& batch, const std::vector<PlannedFile>& files,
                                           const StartProgress& start, const ReadOptions& options = {});
// Only hashes them: what store_files would return.
std::vector<domain::FileEntry> hash_files(const std::vector<PlannedFile>& files, const StartProgress& start,
                                          const ReadOptions& options = {});
// The same for files that stay where they are: each entry names its file's place. Stores nothing.
std::vector<domain::FileEntry> refer_to_files(const std::vector<PlannedFile>& files, const StartProgress& start,
                                              const ReadOptions& options = {});

// Where such a file is. Error{integrity} for an entry whose URI is none of ours.
std::filesystem::path place_of(const domain::FileEntry& file);
// Whether the file's bytes can be had: from the store, or from the place that it refers to. Reads all of them.
Intactness verify_file(ArtifactStore& store, const domain::FileEntry& file, const Progress& progress);
// The same, several files at a time; in the order of `files`.
std::vector<Intactness> verify_files(ArtifactStore& store, const std::vector<domain::FileEntry>& files,
                                     const Progress& progress);

// Hands on the file's bytes in order, as ArtifactStore::read does; for a file that is referred to they are verified at
// the end. Error{not_found} or Error{integrity}.
void read_file(ArtifactStore& store, const domain::FileEntry& file, const ByteSink& take, const Progress& progress);

// The file's bytes, from the store or from the place that it refers to, to be read from anywhere while the store is
// there.
std::unique_ptr<ByteSource> open_file(ArtifactStore& store, const domain::FileEntry& file);

struct CheckoutOptions {
  bool force = false;            // replace files that have other content
  bool read_again = false;       // tell unchanged files by reading them, whatever the cache knows
  bool dry_run = false;          // look, refuse and count, but write nothing
  DigestCache* cache = nullptr;  // tells unchanged files, and learns what is written
};
struct CheckoutResult {
  std::size_t written = 0;
  std::size_t unchanged = 0;
  std::uint64_t bytes = 0;  // of the written ones
};
// Writes the files below `directory`, from the store or from where they are referred to. A file that is there with the
// right content is left alone, but for its executable bit; one with other content is Error{conflict} that names it (and
// how many more) before anything is written, unless `force`. Files that are not part of the version stay. Never writes
// through a symbolic link.
CheckoutResult checkout_files(ArtifactStore& store, const std::vector<domain::FileEntry>& files,
                              const std::filesystem::path& directory, const CheckoutOptions& options,
                              const StartProgress& start);

}  // namespace mlops::artifacts
