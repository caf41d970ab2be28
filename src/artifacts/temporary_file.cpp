#include "temporary_file.hpp"

#include <cerrno>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "in_quotes.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::string_view check_the_disk = "the disk or its driver loses data: check it before anything else";

// rename(2) that fails with EEXIST instead of replacing. Some file systems (NFS) only know link(2) for that.
int rename_without_replacing(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (::link(from, to) != 0) return -1;
  ::unlink(from);
  return 0;
}

}  // namespace

TemporaryFile::TemporaryFile(const std::filesystem::path& folder, std::string_view prefix, mode_t mode)
    : path_{folder / (std::string{prefix} + random_hex(16))},
      fd_{::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)} {
  if (!fd_.valid()) throw system_error("can't create", path_.string(), errno);
}

TemporaryFile::~TemporaryFile() {
  if (!published_) ::unlink(path_.c_str());
}

void TemporaryFile::reserve(std::uint64_t bytes) const {
  if (bytes == 0 || ::fallocate(fd_.get(), 0, 0, static_cast<off_t>(bytes)) == 0) return;
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) throw system_error("can't write", path_.string(), errno);
}

void TemporaryFile::make_read_only() const {
  if (::fchmod(fd_.get(), 0444) != 0) throw system_error("can't change the mode of", path_.string(), errno);
}

void confirm_size(int fd, std::uint64_t bytes, const std::filesystem::path& path) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) throw system_error("can't read", path.string(), errno);
  if (static_cast<std::uint64_t>(status.st_size) == bytes) return;
  throw Error{ErrorKind::failed,
              in_quotes(path) + " holds " + std::to_string(status.st_size) + " of the " + std::to_string(bytes) +
                  " bytes that were written to it",
              {std::string{check_the_disk}}};
}

void throw_lost(const std::filesystem::path& path, const std::string& what) {
  throw Error{ErrorKind::failed,
              in_quotes(path) + " does not hold what was written to it: " + what,
              {std::string{check_the_disk}}};
}

// A rename that claims to be done and is not would leave a version without its bytes.
void TemporaryFile::confirm_name(const std::filesystem::path& target) const {
  struct stat ours = {};
  struct stat there = {};
  if (::fstat(fd_.get(), &ours) == 0 && ::lstat(target.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
      ours.st_ino == there.st_ino) {
    return;
  }
  throw Error{ErrorKind::failed,
              in_quotes(target) + " is not there, though renaming a file to it succeeded",
              {std::string{check_the_disk}}};
}

void TemporaryFile::sync() const { fsync_file(fd_.get(), path_); }

void TemporaryFile::forget() const { ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED); }

bool TemporaryFile::publish(const std::filesystem::path& target) {
  if (rename_without_replacing(path_.c_str(), target.c_str()) != 0) {
    if (errno == EEXIST) return false;
    throw system_error("can't create", target.string(), errno);
  }
  confirm_name(target);
  published_ = true;
  return true;
}

void TemporaryFile::replace(const std::filesystem::path& target) {
  if (std::rename(path_.c_str(), target.c_str()) != 0) throw system_error("can't replace", target.string(), errno);
  confirm_name(target);
  published_ = true;
}

}  // namespace mlops::artifacts
