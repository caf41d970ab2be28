#include "fresh_file.hpp"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "file_lock.hpp"
#include "in_quotes.hpp"
#include "unfinished_name.hpp"

namespace mlops::artifacts {

namespace {

// rename(2) within a folder that fails with EEXIST instead of replacing. Some file systems (NFS) only know link(2) for
// that.
int rename_without_replacing(int folder, const char* from, const char* to) {
  if (::renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (::linkat(folder, from, folder, to, 0) != 0) return -1;
  ::unlinkat(folder, from, 0);
  return 0;
}

// Whether a file of ours is locked now, and there still. A checkout that came between its making and its locking took
// it for that of a dead one. Where there are no locks, nobody can take it.
bool is_still_ours(int fd) {
  if (!try_lock(fd)) return errno != EAGAIN && errno != EACCES;
  struct stat status{};
  return ::fstat(fd, &status) == 0 && status.st_nlink > 0;
}

// Whether nobody else can have it open for writing, or find its bytes under another name.
bool is_ours_alone(const struct stat& status) {
  constexpr mode_t writable_by_others = 022;
  return S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && status.st_nlink == 1 &&
         (status.st_mode & writable_by_others) == 0;
}

}  // namespace

FreshFile::FreshFile(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path, const Digest& content,
                     bool executable)
    : FreshFile{std::move(folder), std::move(path)} {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const auto mode = static_cast<mode_t>(executable ? 0755 : 0644);
  do {
    const std::string name = unfinished_name(content);
    fd_ = FileDescriptor{::openat(folder_->get(), name.c_str(), flags, mode)};
    if (!fd_.valid()) throw system_error("can't create", path_.string(), errno);
    name_ = name;
  } while (!is_still_ours(fd_.get()));
}

std::optional<FreshFile> FreshFile::take_over(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path,
                                              std::string name, bool executable) {
  FreshFile file{std::move(folder), std::move(path)};
  file.fd_ = lock_leftover(file.folder_->get(), name);
  struct stat status{};
  if (!file.fd_.valid() || ::fstat(file.fd(), &status) != 0 || !is_ours_alone(status)) return std::nullopt;
  constexpr mode_t permissions = 07777;
  if (::fchmod(file.fd(), with_executable(status.st_mode & permissions, executable)) != 0) return std::nullopt;
  file.name_ = std::move(name);
  return file;
}

FreshFile::~FreshFile() {
  // A value that was moved from has no folder.
  if (folder_ && !name_.empty()) ::unlinkat(folder_->get(), name_.c_str(), 0);
}

void FreshFile::start_sync() const { ::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE); }

void FreshFile::sync() const { fsync_file(fd_.get(), path_); }

void FreshFile::publish(bool replaces) {
  const std::string target = path_.filename().string();
  const int failed = replaces ? ::renameat(folder_->get(), name_.c_str(), folder_->get(), target.c_str())
                              : rename_without_replacing(folder_->get(), name_.c_str(), target.c_str());
  if (failed != 0) {
    if (errno == EEXIST) {
      throw Error{ErrorKind::conflict, in_quotes(path_) + " exists: somebody else made it meanwhile"};
    }
    throw system_error(replaces ? "can't replace" : "can't create", path_.string(), errno);
  }
  name_.clear();
}

FileState FreshFile::state() const {
  struct stat status{};
  if (::fstat(fd_.get(), &status) != 0) throw system_error("can't read", path_.string(), errno);
  return file_state(status);
}

FileDescriptor lock_leftover(int folder, const std::string& name) {
  FileDescriptor fd{::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat ours{};
  struct stat there{};
  const bool is_dead = fd.valid() && try_lock(fd.get()) && ::fstat(fd.get(), &ours) == 0 &&
                       ::fstatat(folder, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
                       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
  if (!is_dead) fd.close();
  return fd;
}

mode_t with_executable(mode_t mode, bool executable) {
  constexpr mode_t readable = 0444;
  constexpr mode_t runnable = 0111;
  return executable ? mode | ((mode & readable) >> 2) : mode & ~runnable;
}

}  // namespace mlops::artifacts
