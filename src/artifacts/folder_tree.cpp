#include "folder_tree.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "in_quotes.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

FileDescriptor open_without_following(int folder, const std::string& name) {
  return FileDescriptor{::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

// The folder `name` in `folder`, made when it is missing. `path` is for the error.
FileDescriptor step(int folder, const std::string& name, const fs::path& path) {
  FileDescriptor next = open_without_following(folder, name);
  if (!next.valid() && errno == ENOENT) {
    if (::mkdirat(folder, name.c_str(), 0777) != 0 && errno != EEXIST) {
      throw system_error("can't make folder", path.string(), errno);
    }
    next = open_without_following(folder, name);
  }
  if (next.valid()) return next;
  if (errno == ENOTDIR || errno == ELOOP) {
    throw Error{ErrorKind::conflict, in_quotes(path) + " is a symbolic link or a file where a folder should be"};
  }
  throw system_error("can't open folder", path.string(), errno);
}

}  // namespace

FolderTree::FolderTree(const fs::path& root) : root_{root} {
  make_directories(root_);
  fd_ = FileDescriptor{::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd_.valid()) throw system_error("can't open folder", root_.string(), errno);
}

FileDescriptor FolderTree::walk(std::string_view relative, Missing missing) const {
  FileDescriptor folder{::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder.valid()) throw system_error("can't open folder", root_.string(), errno);
  for (std::size_t begin = 0; begin < relative.size();) {
    const std::size_t end = std::min(relative.find('/', begin), relative.size());
    const std::string name{relative.substr(begin, end - begin)};
    folder = missing == Missing::is_made ? step(folder.get(), name, root_ / relative.substr(0, end))
                                         : open_without_following(folder.get(), name);
    if (!folder.valid()) break;
    begin = end + 1;
  }
  return folder;
}

FileDescriptor FolderTree::open(std::string_view relative) const { return walk(relative, Missing::is_made); }

FileDescriptor FolderTree::find(std::string_view relative) const { return walk(relative, Missing::is_left); }

void FolderTree::sync(std::string_view relative) const {
  const FileDescriptor folder = open(relative);
  // EINVAL: a file system that has nothing to make durable here.
  while (::fsync(folder.get()) != 0) {
    if (errno == EINVAL) return;
    if (errno != EINTR) throw system_error("can't make durable", (root_ / relative).string(), errno);
  }
}

}  // namespace mlops::artifacts
