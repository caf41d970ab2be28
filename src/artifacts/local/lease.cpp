#include "lease.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "file_lock.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t longest_holder = 1024;

std::string holder_text(std::string_view command) {
  std::string host(256, '\0');
  if (::gethostname(host.data(), host.size() - 1) != 0) host = "?";
  return fmt::format("{}, process {} on {}", command.empty() ? "a command" : command, ::getpid(), host.c_str());
}

}  // namespace

Lease::Lease(const LocalLayout& layout, std::string_view command) {
  make_directories(layout.leases());
  while (true) {
    id_ = random_hex(8);
    path_ = layout.leases() / id_;
    fd_ = FileDescriptor{::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666)};
    if (!fd_.valid()) throw system_error("can't create", path_.string(), errno);
    if (!try_lock(fd_.get())) throw system_error("can't lock", path_.string(), errno);
    struct stat status = {};
    // A collection that came between the two lines above took the file for that of a dead command.
    if (::fstat(fd_.get(), &status) == 0 && status.st_nlink > 0) break;
  }
  const std::string holder = holder_text(command);
  write_all(fd_.get(), std::as_bytes(std::span{holder}), path_);
}

Lease::~Lease() { ::unlink(path_.c_str()); }

std::vector<OtherLease> running_leases(const LocalLayout& layout, std::string_view own, bool clean) {
  std::vector<OtherLease> running;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator{layout.leases(), failure}) {
    const std::string id = entry.path().filename().string();
    if (id == own) continue;
    const FileDescriptor fd{::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!fd.valid()) {
      if (errno == ENOENT) continue;  // it has just ended
      // Another user's, who lets nobody look: it has to be taken for a running one.
      running.push_back({id, "a command of another user"});
      continue;
    }
    if (is_locked(fd.get())) {
      std::string holder(longest_holder, '\0');
      const ssize_t count = ::pread(fd.get(), holder.data(), holder.size(), 0);
      holder.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
      running.push_back({id, printable(holder)});
    } else if (clean) {
      ::unlink(entry.path().c_str());
    }
  }
  if (failure && failure.value() != ENOENT) {
    throw system_error("can't read", layout.leases().string(), failure.value());
  }
  return running;
}

KeeperLock::KeeperLock(const LocalLayout& layout) {
  make_directories(layout.objects());
  const fs::path path = layout.keeper_lock();
  fd_ = FileDescriptor{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)};
  if (!fd_.valid()) throw system_error("can't open", path.string(), errno);
  if (try_lock(fd_.get())) return;
  if (errno != EAGAIN && errno != EACCES) throw system_error("can't lock", path.string(), errno);
  throw Error{ErrorKind::unavailable,
              "a garbage collection or repair of this registry is running",
              {"wait until it has ended, and try again"}};
}

}  // namespace mlops::artifacts
