// The reading half of the local store: nothing leaves it that does not have its digest.
#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "chunks.hpp"
#include "in_quotes.hpp"
#include "local_store.hpp"

namespace mlops::artifacts {

namespace {

Digest hash_open_file(int fd, const std::filesystem::path& path, const Progress& progress) {
  Sha256 hash;
  read_chunks(fd, path, [&](std::span<const std::byte> chunk) {
    hash.update(chunk);
    if (progress) progress(chunk.size());
  });
  return hash.finish();
}

Digest copy_and_hash(int from, const std::filesystem::path& path, const TemporaryFile& to, const Progress& progress) {
  Sha256 hash;
  read_chunks(from, path, [&](std::span<const std::byte> chunk) {
    hash.update(chunk);
    write_all(to.fd(), chunk, to.path());
    if (progress) progress(chunk.size());
  });
  return hash.finish();
}

// Shares the blocks instead of copying them, on file systems that can (btrfs, XFS).
bool reflink(int from, const TemporaryFile& to) { return ::ioctl(to.fd(), FICLONE, from) == 0; }

}  // namespace

FileDescriptor LocalStore::open_object(const Digest& digest) const {
  const auto path = layout_.object(digest);
  FileDescriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!fd.valid()) {
    if (errno == ENOENT) {
      throw Error{ErrorKind::not_found,
                  "object `" + digest.text() + "` is missing from the store",
                  {"it should be at " + in_quotes(path)}};
    }
    if (errno == ELOOP) throw_damaged(digest);
    throw system_error("can't open", path.string(), errno);
  }
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) throw system_error("can't read", path.string(), errno);
  if (!S_ISREG(status.st_mode)) throw_damaged(digest);
  return fd;
}

void LocalStore::throw_damaged(const Digest& digest) const {
  throw Error{ErrorKind::integrity,
              "object `" + digest.text() + "` is damaged: its bytes no longer have this digest",
              {"it is the file " + in_quotes(layout_.object(digest))}};
}

Intactness LocalStore::verify(const Digest& digest, const Progress& progress) {
  try {
    const FileDescriptor object = open_object(digest);
    const bool same = hash_open_file(object.get(), layout_.object(digest), progress) == digest;
    return same ? Intactness::intact : Intactness::damaged;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return Intactness::missing;
    if (error.kind() == ErrorKind::integrity) return Intactness::damaged;
    throw;
  }
}

std::string LocalStore::get_bytes(const Digest& digest, std::uint64_t max_bytes) {
  const FileDescriptor object = open_object(digest);
  std::string bytes;
  read_chunks(object.get(), layout_.object(digest), [&](std::span<const std::byte> chunk) {
    if (bytes.size() + chunk.size() > max_bytes) {
      throw Error{ErrorKind::failed,
                  "object `" + digest.text() + "` is larger than the " + bytes_text(max_bytes) + " expected here"};
    }
    bytes.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  });
  if (sha256(bytes) != digest) throw_damaged(digest);
  return bytes;
}

void LocalStore::materialise(const Digest& digest, const std::filesystem::path& target, bool executable,
                             const Progress& progress) {
  const FileDescriptor object = open_object(digest);
  TemporaryFile copy{target.parent_path(), ".mlops-", static_cast<mode_t>(executable ? 0755 : 0644)};
  const Digest found = reflink(object.get(), copy)
                           ? hash_open_file(copy.fd(), copy.path(), progress)
                           : copy_and_hash(object.get(), layout_.object(digest), copy, progress);
  if (found != digest) throw_damaged(digest);
  copy.sync();
  if (!copy.publish(target)) throw Error{ErrorKind::conflict, in_quotes(target) + " exists already"};
}

}  // namespace mlops::artifacts
