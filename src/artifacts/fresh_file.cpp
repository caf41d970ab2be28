#include "fresh_file.hpp"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "in_quotes.hpp"

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

}  // namespace

FreshFile::FreshFile(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path, bool executable)
    : folder_{std::move(folder)}, path_{std::move(path)}, name_{".mlops-" + random_hex(16)} {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  fd_ = FileDescriptor{::openat(folder_->get(), name_.c_str(), flags, static_cast<mode_t>(executable ? 0755 : 0644))};
  if (!fd_.valid()) throw system_error("can't create", path_.string(), errno);
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

}  // namespace mlops::artifacts
