// A sign that a command is at work in the store, which the kernel takes down when the command ends, however it ends.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/files.hpp>

#include "layout.hpp"

namespace mlops::artifacts {

// What a command put or found in the store while it holds a lease stays until the lease is gone: see
// docs/design/0006-artifacts.md for why. Held by a lock on a file of its own in objects/leases/.
class Lease {
 public:
  Lease(const LocalLayout& layout, std::string_view command);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Temporary files of this command begin with it.
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  std::filesystem::path path_;
  std::string id_;
  FileDescriptor fd_;
};

struct OtherLease {
  std::string id;
  std::string holder;  // "register, process 4711 on laptop"
};
// The leases whose commands are still running, `own` left out. Those of commands that died are removed when `clean`.
std::vector<OtherLease> running_leases(const LocalLayout& layout, std::string_view own, bool clean);

// Held by a collection or a repair, so that there is only one at a time. Error{unavailable} when there is one.
class KeeperLock {
 public:
  explicit KeeperLock(const LocalLayout& layout);

 private:
  FileDescriptor fd_;
};

}  // namespace mlops::artifacts
