#include <mlops/support/directory_lock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

namespace mlops {

namespace {

namespace fs = std::filesystem;

// A folder is made before it is locked.
constexpr std::chrono::minutes youngest_stale{1};
constexpr std::size_t random_letters = 6;  // behind the prefix, see mkdtemp(3)

FileDescriptor open_folder(const fs::path& path) {
  return FileDescriptor{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

bool try_lock_folder(const FileDescriptor& folder) {
  return folder.valid() && ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

bool is_own_and_old(const FileDescriptor& folder) {
  struct stat status{};
  if (::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid()) return false;
  return std::chrono::system_clock::now() - std::chrono::system_clock::from_time_t(status.st_mtime) > youngest_stale;
}

}  // namespace

DirectoryLock::DirectoryLock(const fs::path& directory) : directory_{open_folder(directory)} {
  static_cast<void>(try_lock_folder(directory_));  // where there are no locks, nobody takes it for stale either
}

void remove_stale_directories(const fs::path& parent, std::string_view prefix) {
  std::error_code ignored;  // what can't be listed or removed stays where it is
  for (fs::directory_iterator entry{parent, ignored}, end; !ignored && entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    if (!name.starts_with(prefix) || name.size() != prefix.size() + random_letters) continue;
    const FileDescriptor folder = open_folder(entry->path());
    if (!folder.valid() || !is_own_and_old(folder) || !try_lock_folder(folder)) continue;
    std::error_code unremoved;
    fs::remove_all(entry->path(), unremoved);
  }
}

}  // namespace mlops
