// A file of a checkout under a name nobody knows, until it is complete and durable and takes its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/files.hpp>

namespace mlops::artifacts {

// Removed when the value goes before it took its name.
class FreshFile {
 public:
  // `path` is that of the complete file, for errors.
  FreshFile(std::shared_ptr<const FileDescriptor> folder, std::filesystem::path path, bool executable);
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
  std::shared_ptr<const FileDescriptor> folder_;
  std::filesystem::path path_;
  std::string name_;  // the secret one; empty once it is published
  FileDescriptor fd_;
};

}  // namespace mlops::artifacts
