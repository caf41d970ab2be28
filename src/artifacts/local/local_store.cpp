#include "local_store.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include <mlops/support/error.hpp>

#include "parallel.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

namespace {

// Files below this are read before anything is written, so that one the store has already costs no write.
constexpr std::uint64_t small_file = 1u << 20;

}  // namespace

std::unique_ptr<ArtifactStore> open_local_store(const std::filesystem::path& root) {
  return std::make_unique<LocalStore>(root);
}

StoredObject LocalStore::put_file(const std::filesystem::path& source, const Progress& progress) {
  TouchedShards touched;
  const StoredObject stored = add_file(source, progress, touched);
  sync_.settle(touched.get());
  return stored;
}

std::vector<StoredObject> LocalStore::put_files(std::span<const std::filesystem::path> sources,
                                                const Progress& progress) {
  TouchedShards touched;
  std::vector<StoredObject> stored(sources.size());
  parallel_for(sources.size(), progress, [&](std::size_t index, const Progress& shared) {
    stored[index] = add_file(sources[index], shared, touched);
  });
  sync_.settle(touched.get());
  return stored;
}

StoredObject LocalStore::put_bytes(std::string_view bytes) {
  TouchedShards touched;
  const StoredObject stored = add_bytes(bytes, touched);
  sync_.settle(touched.get());
  return stored;
}

StoredObject LocalStore::add_file(const std::filesystem::path& path, const Progress& progress, TouchedShards& touched) {
  const SourceFile source{path};
  if (source.size() < small_file) return add_bytes(source.read_all(progress), touched);
  prepare_folders();
  TemporaryFile file{layout_.temporaries(), "", 0600};
  file.reserve(source.size());
  Sha256 hash;
  source.read_through(
      [&](std::span<const std::byte> chunk) {
        hash.update(chunk);
        write_all(file.fd(), chunk, file.path());
      },
      progress);
  return publish(file, hash.finish(), source.size(), touched);
}

StoredObject LocalStore::add_bytes(std::string_view bytes, TouchedShards& touched) {
  const Digest digest = sha256(bytes);
  if (holds(digest, bytes.size())) {
    touched.add(digest.bytes()[0]);
    return {digest, bytes.size(), false};
  }
  prepare_folders();
  TemporaryFile file{layout_.temporaries(), "", 0600};
  write_all(file.fd(), std::as_bytes(std::span{bytes}), file.path());
  return publish(file, digest, bytes.size(), touched);
}

StoredObject LocalStore::publish(TemporaryFile& file, const Digest& digest, std::uint64_t size,
                                 TouchedShards& touched) {
  touched.add(digest.bytes()[0]);
  if (holds(digest, size)) return {digest, size, false};
  file.make_read_only();
  file.sync();
  const auto shard = layout_.shard(digest.bytes()[0]);
  if (::mkdir(shard.c_str(), 0777) != 0 && errno != EEXIST) {
    throw system_error("can't create", shard.string(), errno);
  }
  const auto object = layout_.object(digest);
  if (file.publish(object)) return {digest, size, true};
  // Another process was faster; or what stands there has not even the right size, and this heals it.
  if (holds(digest, size)) return {digest, size, false};
  file.replace(object);
  return {digest, size, true};
}

bool LocalStore::has(const Digest& digest) { return size(digest).has_value(); }

std::optional<std::uint64_t> LocalStore::size(const Digest& digest) {
  struct stat status = {};
  const auto path = layout_.object(digest);
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("can't read", path.string(), errno);
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

bool LocalStore::holds(const Digest& digest, std::uint64_t bytes) { return size(digest) == bytes; }

void LocalStore::prepare_folders() {
  // Not std::call_once: what is thrown through it ends a program that is linked with -static-libgcc.
  const std::scoped_lock lock{prepare_mutex_};
  if (prepared_) return;
  make_directories(layout_.temporaries());
  make_directories(layout_.shards());
  prepared_ = true;
}

}  // namespace mlops::artifacts
