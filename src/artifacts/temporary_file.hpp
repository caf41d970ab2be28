// A new file under a name nobody knows, until it is complete and takes its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include <mlops/support/files.hpp>

namespace mlops::artifacts {

// Error{failed} unless the file is as long as what was written to it: a write may have claimed more than it did.
void confirm_size(int fd, std::uint64_t bytes, const std::filesystem::path& path);

// Error{failed}: the file does not hold what was written to it. `what` is wrong with it, "its table is damaged".
[[noreturn]] void throw_lost(const std::filesystem::path& path, const std::string& what);

// Removed when the value goes before it was published.
class TemporaryFile {
 public:
  TemporaryFile(const std::filesystem::path& folder, std::string_view prefix, mode_t mode);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }  // open for reading and writing
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Asks for the space now, so that a full disk is known before the copying and not after it.
  void reserve(std::uint64_t bytes) const;
  void make_read_only() const;
  // Makes the bytes durable. An error here is final: after a failed fsync the kernel may call lost pages clean.
  void sync() const;
  // Lets the memory go in which the kernel keeps what is durable already: whoever reads it now asks the disk.
  void forget() const;
  // Takes the name `target`, durable once its folder is fsynced; false when the name is taken.
  [[nodiscard]] bool publish(const std::filesystem::path& target);
  // The same, in the place of what stands there.
  void replace(const std::filesystem::path& target);

 private:
  void confirm_name(const std::filesystem::path& target) const;

  std::filesystem::path path_;
  FileDescriptor fd_;
  bool published_ = false;
};

}  // namespace mlops::artifacts
