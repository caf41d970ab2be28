#include "whole_objects.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "chunks.hpp"
#include "in_quotes.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

// Smaller files are packed here too: a shared block saves no more than a place in a pack, and costs an inode.
constexpr std::uint64_t least_shared = 1u << 20;

constexpr decltype(statfs::f_type) xfs_magic = 0x58465342;  // not in linux/magic.h

bool can_share_blocks(fs::path folder) {
  struct statfs status = {};
  while (::statfs(folder.c_str(), &status) != 0) {
    if (errno != ENOENT || !folder.has_relative_path()) return false;
    folder = folder.parent_path();
  }
  return status.f_type == BTRFS_SUPER_MAGIC || status.f_type == xfs_magic;
}

// Of a regular file, without following links.
std::optional<std::uint64_t> size_of_file(const fs::path& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("can't read", path.string(), errno);
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

bool clone(int from, int to) { return ::ioctl(to, FICLONE, from) == 0; }

void confirm_content(const TemporaryFile& file, const Digest& digest) {
  file.forget();
  const FileDescriptor fd{::open(file.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd.valid()) throw system_error("can't read", file.path().string(), errno);
  Sha256 hash;
  read_chunks(fd.get(), file.path(), [&hash](std::span<const std::byte> piece) { hash.update(piece); });
  if (hash.finish() != digest) throw_lost(file.path(), "it has another digest");
}

}  // namespace

WholeObjects::WholeObjects(const LocalLayout& layout)
    : layout_{layout},
      shares_blocks_{can_share_blocks(layout.root())},
      sync_{layout},
      known_{layout.root() / "cache" / "objects"} {}

std::optional<std::uint64_t> WholeObjects::lasting_size(const Digest& digest) const {
  return size_of_file(layout_.object(digest));
}

std::optional<std::uint64_t> WholeObjects::size(const Digest& digest) const {
  const auto size = lasting_size(digest);
  return size ? size : size_of_file(layout_.dying() / digest.hex());
}

FileDescriptor WholeObjects::open(const Digest& digest) const {
  const auto path = lasting_size(digest) || !size(digest) ? layout_.object(digest) : layout_.dying() / digest.hex();
  FileDescriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat status = {};
  if (!fd.valid() && errno != ELOOP) {
    if (errno == ENOENT || errno == ENOTDIR) {
      throw Error{ErrorKind::not_found, "object `" + digest.text() + "` is missing from the store"};
    }
    throw system_error("can't open", path.string(), errno);
  }
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw Error{ErrorKind::integrity,
                "object `" + digest.text() + "` is damaged: " + in_quotes(path) + " is not a file"};
  }
  return fd;
}

void WholeObjects::for_each(const std::function<void(const Digest&, std::uint64_t)>& visit) const {
  std::error_code failure;
  for (const auto& shard : fs::directory_iterator{layout_.shards(), failure}) {
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator{shard.path(), unreadable}) {
      const auto digest = Digest::from_hex(entry.path().filename().string());
      const auto bytes = digest ? lasting_size(*digest) : std::nullopt;
      if (bytes) visit(*digest, *bytes);
    }
    if (unreadable && unreadable.value() != ENOTDIR) {
      throw system_error("can't read", shard.path().string(), unreadable.value());
    }
  }
  if (failure && failure.value() != ENOENT) {
    throw system_error("can't read", layout_.shards().string(), failure.value());
  }
}

void WholeObjects::condemn(const Digest& digest) const {
  make_directories(layout_.dying());
  std::error_code gone;
  fs::rename(layout_.object(digest), layout_.dying() / digest.hex(), gone);
}

void WholeObjects::for_each_condemned(const std::function<void(const Digest&, std::uint64_t)>& visit) const {
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator{layout_.dying(), failure}) {
    const auto digest = Digest::from_hex(entry.path().filename().string());
    const auto bytes = digest ? size_of_file(entry.path()) : std::nullopt;
    if (bytes) visit(*digest, *bytes);
  }
}

void WholeObjects::restore(const Digest& digest) const {
  const auto from = layout_.dying() / digest.hex();
  if (lasting_size(digest)) {
    ::unlink(from.c_str());
    return;
  }
  std::error_code failure;
  fs::rename(from, layout_.object(digest), failure);
  if (failure) throw system_error("can't restore", from.string(), failure.value());
  fsync_directory(layout_.shard(digest.bytes()[0]));
}

void WholeObjects::remove_condemned(const Digest& digest) const {
  const auto path = layout_.dying() / digest.hex();
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw system_error("can't remove", path.string(), errno);
}

bool WholeObjects::wants(std::uint64_t bytes) const { return shares_blocks_ && bytes >= least_shared; }

std::optional<StoredObject> WholeObjects::share(const SourceFile& source, const Lease& lease, const Progress& progress,
                                                const Sharing& sharing) {
  make_directories(layout_.temporaries());
  make_directories(layout_.shards());
  TemporaryFile file{layout_.temporaries(), lease.id() + "-", 0600};
  if (!clone(source.fd(), file.fd())) return std::nullopt;
  // The source is read, not the clone: its pages are in memory more often. That it has not changed since before the
  // cloning is confirmed at the end, so both hold the same.
  const std::int64_t began = file_clock();
  const Digest digest = hash_source(source, progress);
  StoredObject stored{.digest = digest, .size = source.size(), .was_new = false, .source = source.state()};
  touched_.add(digest.bytes()[0]);
  if (sharing.is_packed(digest)) return stored;
  file.make_read_only();
  file.sync();
  if (sharing.read_back) confirm_content(file, digest);
  const auto shard = layout_.shard(digest.bytes()[0]);
  if (::mkdir(shard.c_str(), 0777) != 0 && errno != EEXIST) {
    throw system_error("can't create", shard.string(), errno);
  }
  if (!file.publish(layout_.object(digest))) {
    // Another process was faster; or what stands there is damaged, and this heals it.
    if (lasting_size(digest) == source.size() && sharing.is_sound(digest)) return stored;
    file.replace(layout_.object(digest));
  }
  remember(file.fd(), digest, began);
  stored.was_new = true;
  return stored;
}

void WholeObjects::settle() {
  sync_.settle(touched_.get());
  known_.save();
}

bool WholeObjects::share_into(int object, int target) const { return shares_blocks_ && clone(object, target); }

bool WholeObjects::is_unchanged(int object, const Digest& digest) const {
  struct stat status = {};
  return ::fstat(object, &status) == 0 && known_.find(file_state(status)) == digest;
}

void WholeObjects::remember(int object, const Digest& digest, std::int64_t read_at) {
  struct stat status = {};
  // Its own times are those of the cloning and renaming just now; that nobody else writes to it is what its place and
  // its mode say.
  if (::fstat(object, &status) != 0) return;
  const FileState state = file_state(status);
  known_.remember(state, digest, std::max(read_at, state.changed + std::int64_t{3'600'000'000'000}));
}

}  // namespace mlops::artifacts
