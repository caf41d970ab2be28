// `checkout`: the files of a version, back on disk.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <mlops/app/workspace.hpp>

namespace mlops::app {

struct CheckoutRequest {
  std::string reference;
  std::optional<std::filesystem::path> directory;  // "NAME@NUMBER" otherwise
  bool force = false;
  bool dry_run = false;
};
struct CheckoutOutcome {
  domain::VersionId version;
  std::filesystem::path directory;
  std::size_t files = 0;
  artifacts::CheckoutResult result;
};
CheckoutOutcome checkout(Workspace& workspace, const CheckoutRequest& request);

}  // namespace mlops::app
