// The folders that a checkout writes to, reached step by step from the one that the person named, so that a symbolic
// link that somebody puts among them meanwhile is never followed.
#pragma once

#include <filesystem>
#include <string_view>

#include <mlops/support/files.hpp>

namespace mlops::artifacts {

class FolderTree {
 public:
  // Makes `root` where it is missing. It may itself be reached through links.
  explicit FolderTree(const std::filesystem::path& root);

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  // The folder `relative` ("a/b", "" for the root), made where it is missing. Error{conflict} when a link or a file
  // stands in its way.
  [[nodiscard]] FileDescriptor open(std::string_view relative) const;
  // The same, but invalid where there is no such folder.
  [[nodiscard]] FileDescriptor find(std::string_view relative) const;
  // Makes the names in it durable.
  void sync(std::string_view relative) const;

 private:
  enum class Missing { is_made, is_left };
  [[nodiscard]] FileDescriptor walk(std::string_view relative, Missing missing) const;

  std::filesystem::path root_;
  FileDescriptor fd_;
};

}  // namespace mlops::artifacts
