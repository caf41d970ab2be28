// Files and folders, with errors that name the path, and writes that survive a crash.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/support/file_state.hpp>

namespace mlops {

// An open file descriptor that closes itself.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_{fd} {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  void close() noexcept;

 private:
  int fd_ = -1;
};

// The whole file; refuses more than max_bytes with Error{usage}, so that a hostile file can't fill memory.
std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = 64u << 20);

// Fills the buffer with what is at `offset`, across short reads and EINTR; returns how much that was, less only at the
// end of the file. `path` is for the error.
std::size_t read_at(int fd, std::uint64_t offset, std::span<std::byte> buffer, const std::filesystem::path& path);

// All of `bytes`, across short writes and EINTR; `path` is for the error.
void write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path);

// Replaces the file as a whole or not at all: temporary file beside it, fsync, rename, fsync of the folder.
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

void fsync_file(int fd, const std::filesystem::path& path);
void fsync_directory(const std::filesystem::path& path);

// mkdir -p, with the new folders made durable.
void make_directories(const std::filesystem::path& path);

// Of all regular files below the folder; 0 when it is not there.
std::uint64_t bytes_below(const std::filesystem::path& folder);

// Every regular file below `root` (or `root` itself), as a path relative to it, sorted by bytes. Symbolic links are
// followed when their target stays within `root`, and refused with Error{usage} otherwise, as are links that loop,
// sockets, devices and FIFOs. Folders for which skip(relative path) is true are left out.
struct ListedFile {
  std::string relative;  // with '/'
  std::filesystem::path absolute;
  FileState state;
  bool executable = false;
};
std::vector<ListedFile> list_files(const std::filesystem::path& root,
                                   const std::function<bool(std::string_view)>& skip = {});

// A folder of mode 0700 that is removed, with all in it, when the value goes. `keep()` lets it stay.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::filesystem::path& parent, std::string_view prefix = "mlops-");
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void keep() { keep_ = true; }

 private:
  std::filesystem::path path_;
  bool keep_ = false;
};

// Unpredictable lower-case hex, for names of temporary files.
std::string random_hex(std::size_t bytes);

}  // namespace mlops
