#include <mlops/support/files.hpp>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

namespace fs = std::filesystem;

FileDescriptor open_or_throw(const fs::path& path, int flags, mode_t mode, std::string_view what) {
  for (;;) {
    FileDescriptor fd{::open(path.c_str(), flags | O_CLOEXEC, mode)};
    if (fd.valid()) return fd;
    if (errno != EINTR) throw system_error(what, path.native(), errno);
  }
}

// At most `size` bytes; 0 at the end of the file.
std::size_t read_some(int fd, char* buffer, std::size_t size, const fs::path& path) {
  for (;;) {
    const ssize_t count = ::read(fd, buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw system_error("can't read", path.native(), errno);
  }
}

// The folder that holds the entry `path`.
fs::path folder_of(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? fs::path{"."} : parent;
}

// Removes a file unless it found its place.
class Unfinished {
 public:
  explicit Unfinished(fs::path path) : path_{std::move(path)} {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (!finished_) ::unlink(path_.c_str());
  }
  void finished() { finished_ = true; }

 private:
  fs::path path_;
  bool finished_ = false;
};

// Makes `path` a folder, or leaves the one that is there; true when it is new.
bool make_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return true;
  const int error = errno;
  struct stat found{};
  if (error == EEXIST && ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return false;
  throw system_error("can't make folder", path.native(), error == EEXIST ? ENOTDIR : error);
}

}  // namespace

void FileDescriptor::close() noexcept {
  // Linux frees the number even when close fails, so it is never tried again.
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string read_file(const fs::path& path, std::uint64_t max_bytes) {
  const FileDescriptor fd = open_or_throw(path, O_RDONLY, 0, "can't read");
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) throw system_error("can't read", path.native(), errno);
  const auto too_large = [&] {
    return Error{ErrorKind::usage,
                 fmt::format("`{}` is larger than {}", printable(path.native()), bytes_text(max_bytes))};
  };
  const std::uint64_t expected = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  if (expected > max_bytes) throw too_large();

  // One byte more than expected: a read that comes back short has seen the end. Pipes and /proc have no size.
  constexpr std::size_t smallest_buffer = 4096;
  std::string content(std::max<std::size_t>(expected + 1, smallest_buffer), '\0');
  std::size_t size = 0;
  for (;;) {
    const std::size_t wanted = content.size() - size;
    const std::size_t count = read_some(fd.get(), content.data() + size, wanted, path);
    size += count;
    if (size > max_bytes) throw too_large();
    if (count == 0 || (expected > 0 && size >= expected && count < wanted)) break;
    if (size == content.size()) content.resize(2 * size);
  }
  content.resize(size);
  return content;
}

std::size_t read_at(int fd, std::uint64_t offset, std::span<std::byte> buffer, const fs::path& path) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count = ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (count == 0) break;
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw system_error("can't read", path.native(), errno);
    }
  }
  return done;
}

void write_all(int fd, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      throw system_error("can't write", path.native(), errno);
    }
  }
}

void write_file_atomic(const fs::path& path, std::string_view content) {
  // Its name does not grow with the file's, which may be as long as a name can be.
  const fs::path temporary = folder_of(path) / fmt::format(".mlops-{}.tmp", random_hex(8));
  FileDescriptor fd = open_or_throw(temporary, O_WRONLY | O_CREAT | O_EXCL, 0666, "can't write");
  Unfinished guard{temporary};
  struct stat former{};
  if (::stat(path.c_str(), &former) == 0 && ::fchmod(fd.get(), former.st_mode & 07777) != 0) {
    throw system_error("can't set the permissions of", temporary.native(), errno);
  }
  write_all(fd.get(), std::as_bytes(std::span{content}), path);
  fsync_file(fd.get(), path);
  fd.close();
  if (::rename(temporary.c_str(), path.c_str()) != 0) throw system_error("can't write", path.native(), errno);
  guard.finished();
  fsync_directory(folder_of(path));
}

void fsync_file(int fd, const fs::path& path) {
  while (::fsync(fd) != 0) {
    if (errno != EINTR) throw system_error("can't make durable", path.native(), errno);
  }
}

void fsync_directory(const fs::path& path) {
  const FileDescriptor fd = open_or_throw(path, O_RDONLY | O_DIRECTORY, 0, "can't open folder");
  // EINVAL: a file system that has nothing to make durable here.
  while (::fsync(fd.get()) != 0) {
    if (errno == EINVAL) return;
    if (errno != EINTR) throw system_error("can't make durable", path.native(), errno);
  }
}

void make_directories(const fs::path& path) {
  fs::path folder;
  for (const fs::path& part : path) {
    if (part.empty()) continue;
    folder /= part;
    if (part == "/" || part == "." || part == "..") continue;
    if (make_directory(folder)) fsync_directory(folder_of(folder));
  }
}

std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code gone;  // what goes while we look does not count
  for (auto entry = fs::recursive_directory_iterator{folder, gone}; entry != fs::end(entry); entry.increment(gone)) {
    if (!entry->is_regular_file(gone) || entry->is_symlink(gone)) continue;
    const std::uintmax_t size = entry->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes);
  std::array<unsigned char, 64> random{};
  while (text.size() < 2 * bytes) {
    const std::size_t wanted = std::min(random.size(), bytes - text.size() / 2);
    const ssize_t count = ::getrandom(random.data(), wanted, 0);
    if (count < 0 && errno != EINTR) throw system_error("can't read", "getrandom", errno);
    for (ssize_t index = 0; index < count; ++index) {
      const unsigned char byte = random[static_cast<std::size_t>(index)];
      text += digits[byte >> 4];
      text += digits[byte & 0x0F];
    }
  }
  return text;
}

}  // namespace mlops
