// A file of a checkout under a name nobody knows, until it is complete and durable and takes its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/files.hpp>

namespace mlops::artifacts {

// Locked while the value lives, so that no other checkout takes it for what a dead one left behind. Removed when the
// value goes before it took its name.
class FreshFile {
 public:
  // An empty file for this content. `path` is that of the complete file, for errors.
  FreshFile(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path, const Digest& content,
            bool executable);
  // The file `name` that a dead checkout left in the folder; nullopt when somebody is at it, or it is not ours alone.
  static std::optional<FreshFile> take_over(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path,
                                            std::string name, bool executable);
  ~FreshFile();
  FreshFile(FreshFile&& other) noexcept = default;
  FreshFile& operator=(FreshFile&&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Has the bytes written in the background.
  void start_sync() const;
  // Makes the bytes durable. An error here is final: after a failed fsync the kernel may call lost pages clean.
  void sync() const;
  // Takes its name, durable once the folder is fsynced. Error{conflict} when the name is taken, unless `replaces`.
  void publish(bool replaces);

  [[nodiscard]] FileState state() const;

 private:
  FreshFile(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path)
      : folder_{std::move(folder)}, path_{std::move(path)} {}

  std::shared_ptr<const FileDescriptor> folder_;
  std::filesystem::path path_;
  std::string name_;  // the secret one; empty once it is published
  FileDescriptor fd_;
};

// The file `name` in the folder, locked; invalid when a checkout is at it, when it can't be locked, or when it has gone
// or got its own name meanwhile.
FileDescriptor lock_leftover(int folder, const std::string& name);

// The mode in which whoever may read may execute, or nobody.
mode_t with_executable(mode_t mode, bool executable);

}  // namespace mlops::artifacts
