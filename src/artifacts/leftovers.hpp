// What checkouts that were killed left in the folders of this one.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <mlops/support/digest.hpp>

#include "folder_tree.hpp"

namespace mlops::artifacts {

// Safe to use from several threads, but for sweep().
class Leftovers {
 public:
  // Removes them from the folder, but for the beginnings of large files of `wanted`: these can be taken. Never touches
  // what a living checkout is at.
  void sweep(const FolderTree& tree, const std::string& folder, const std::set<Digest>& wanted);
  // The name of a beginning of this content in the folder, once.
  [[nodiscard]] std::optional<std::string> take(const std::string& folder, const Digest& content);

 private:
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::string, std::less<>>> names_;  // by folder, then by prefix
};

}  // namespace mlops::artifacts
