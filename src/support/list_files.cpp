#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

namespace fs = std::filesystem;

// Folders that link to each other can unfold to exponentially many paths.
constexpr std::size_t max_folder_links = 1000;

// A folder on the way from the root to the one being read, by its identity, which no link can disguise.
struct Ancestor {
  std::shared_ptr<const Ancestor> parent;
  dev_t device;
  ino_t inode;
};

struct Folder {
  fs::path real;         // no links in it
  std::string relative;  // how the listing names it; empty for the root
  std::shared_ptr<const Ancestor> identity;
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

[[noreturn]] void refuse(std::string_view relative, std::string_view reason) {
  throw Error{ErrorKind::usage, fmt::format("`{}` {}", printable(relative), reason)};
}

std::optional<struct stat> stat_of(const fs::path& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) return info;
  return std::nullopt;
}

// The path without links; nullopt with errno when there is no such file.
std::optional<fs::path> real_path(const fs::path& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved{::realpath(path.c_str(), nullptr), &std::free};
  if (!resolved) return std::nullopt;
  return fs::path{resolved.get()};
}

bool is_within(const fs::path& path, const fs::path& root) {
  const std::string& root_text = root.native();
  if (!path.native().starts_with(root_text)) return false;
  return root_text == "/" || path.native().size() == root_text.size() || path.native()[root_text.size()] == '/';
}

std::vector<std::string> names_in(const fs::path& folder) {
  // No link is followed here, in case the folder was exchanged for one since it was looked at.
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) throw system_error("can't read folder", folder.native(), errno);
  const std::unique_ptr<DIR, CloseFolder> stream{::fdopendir(fd)};
  if (!stream) {
    const int error = errno;
    ::close(fd);
    throw system_error("can't read folder", folder.native(), error);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) throw system_error("can't read folder", folder.native(), errno);
  return names;
}

ListedFile listed(std::string relative, fs::path real, const struct stat& info) {
  return {std::move(relative), std::move(real), file_state(info), (info.st_mode & S_IXUSR) != 0};
}

// Walks with a list of folders to do instead of recursion, so that depth costs no stack.
class Walk {
 public:
  Walk(fs::path root, const std::function<bool(std::string_view)>& skip) : root_{std::move(root)}, skip_{skip} {}

  std::vector<ListedFile> run(const struct stat& root_info) {
    to_do_.push_back({root_, "", identity(root_info, nullptr)});
    while (!to_do_.empty()) {
      const Folder folder = std::move(to_do_.back());
      to_do_.pop_back();
      for (const std::string& name : names_in(folder.real)) visit(folder, name);
    }
    std::ranges::sort(files_, {}, &ListedFile::relative);
    return std::move(files_);
  }

 private:
  static std::shared_ptr<const Ancestor> identity(const struct stat& info, std::shared_ptr<const Ancestor> parent) {
    return std::make_shared<const Ancestor>(Ancestor{std::move(parent), info.st_dev, info.st_ino});
  }

  void visit(const Folder& folder, const std::string& name) {
    const fs::path path = folder.real / name;
    std::string relative = folder.relative.empty() ? name : folder.relative + "/" + name;
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) throw system_error("can't read", path.native(), errno);
    if (S_ISLNK(info.st_mode)) return follow(folder, path, std::move(relative));
    add(folder, path, std::move(relative), info);
  }

  void follow(const Folder& folder, const fs::path& link, std::string relative) {
    const auto target = stat_of(link);
    if (!target) {
      if (errno == ELOOP) refuse(relative, "is a symbolic link that leads back to itself");
      if (errno == ENOENT || errno == ENOTDIR) refuse(relative, "is a symbolic link to something that does not exist");
      throw system_error("can't follow the symbolic link", link.native(), errno);
    }
    if (S_ISDIR(target->st_mode) && skips(relative)) return;
    const auto real = real_path(link);
    if (!real) throw system_error("can't follow the symbolic link", link.native(), errno);
    if (!is_within(*real, root_)) refuse(relative, "is a symbolic link that leads out of its folder");
    // Asked again by the path that was checked, in case the link was exchanged meanwhile.
    const auto checked = stat_of(*real);
    if (!checked) throw system_error("can't read", real->native(), errno);
    if (S_ISDIR(checked->st_mode) && ++folder_links_ > max_folder_links) {
      refuse(relative, fmt::format("is one of more than {} symbolic links to folders", max_folder_links));
    }
    add(folder, *real, std::move(relative), *checked);
  }

  void add(const Folder& parent, const fs::path& real, std::string relative, const struct stat& info) {
    if (S_ISREG(info.st_mode)) {
      files_.push_back(listed(std::move(relative), real, info));
      return;
    }
    if (!S_ISDIR(info.st_mode)) refuse(relative, "is not a regular file (it is a socket, a device or a FIFO)");
    if (skips(relative)) return;
    for (const Ancestor* above = parent.identity.get(); above != nullptr; above = above->parent.get()) {
      if (above->device == info.st_dev && above->inode == info.st_ino) {
        refuse(relative, "leads back to a folder that it is in");
      }
    }
    to_do_.push_back({real, std::move(relative), identity(info, parent.identity)});
  }

  [[nodiscard]] bool skips(const std::string& relative) const { return skip_ && skip_(relative); }

  fs::path root_;
  const std::function<bool(std::string_view)>& skip_;
  std::vector<Folder> to_do_;
  std::vector<ListedFile> files_;
  std::size_t folder_links_ = 0;
};

}  // namespace

std::vector<ListedFile> list_files(const fs::path& root, const std::function<bool(std::string_view)>& skip) {
  const auto real = real_path(root);
  if (!real) throw system_error("can't read", root.native(), errno);
  const auto info = stat_of(*real);
  if (!info) throw system_error("can't read", root.native(), errno);
  if (S_ISDIR(info->st_mode)) return Walk{*real, skip}.run(*info);
  if (!S_ISREG(info->st_mode)) refuse(root.native(), "is not a regular file (it is a socket, a device or a FIFO)");
  return {listed(root.filename().native(), *real, *info)};
}

}  // namespace mlops
