#include "leftovers.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fresh_file.hpp"
#include "unfinished_name.hpp"

namespace mlops::artifacts {

namespace {

// A shorter beginning takes no longer to write than to verify.
constexpr std::uint64_t least_continued = 1u << 20;

struct Leftover {
  std::string name;
  std::uint64_t size = 0;
};

// The largest first. Nothing when the folder can't be listed: whoever cleans up is not to fail.
std::vector<Leftover> leftovers_in(const FileDescriptor& folder) {
  std::vector<Leftover> found;
  const int fd = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return found;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing{::fdopendir(fd), ::closedir};
  if (!listing) {
    ::close(fd);
    return found;
  }
  while (const dirent* entry = ::readdir(listing.get())) {
    struct stat status = {};
    if (is_unfinished_name(entry->d_name) &&
        ::fstatat(folder.get(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
      found.push_back({entry->d_name, static_cast<std::uint64_t>(status.st_size)});
    }
  }
  std::ranges::sort(found, std::greater{}, &Leftover::size);
  return found;
}

}  // namespace

void Leftovers::sweep(const FolderTree& tree, const std::string& folder, const std::set<Digest>& wanted) {
  const FileDescriptor opened = tree.find(folder);
  if (!opened.valid()) return;
  std::set<std::string, std::less<>> continued;
  for (const Digest& content : wanted) continued.insert(unfinished_prefix(content));
  for (const Leftover& leftover : leftovers_in(opened)) {
    const std::string prefix{unfinished_prefix(leftover.name)};
    if (leftover.size >= least_continued && continued.contains(prefix) &&
        names_[folder].emplace(prefix, leftover.name).second) {
      continue;
    }
    // The lock is held until the name is gone, so that nobody takes the file over meanwhile.
    const FileDescriptor locked = lock_leftover(opened.get(), leftover.name);
    if (locked.valid()) ::unlinkat(opened.get(), leftover.name.c_str(), 0);
  }
}

std::optional<std::string> Leftovers::take(const std::string& folder, const Digest& content) {
  const std::scoped_lock lock{mutex_};
  const auto names = names_.find(folder);
  if (names == names_.end()) return std::nullopt;
  const auto found = names->second.find(unfinished_prefix(content));
  if (found == names->second.end()) return std::nullopt;
  std::string name = std::move(found->second);
  names->second.erase(found);
  return name;
}

}  // namespace mlops::artifacts
