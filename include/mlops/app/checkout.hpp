// `checkout`: the files of a version, back on disk.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>

namespace mlops::app {

struct CheckoutRequest {
  std::string reference;
  std::optional<std::filesystem::path> directory;  // "NAME@NUMBER" otherwise
  bool force = false;
  std::vector<std::string> patterns;  // only the files that one of them selects; see support/glob.hpp
  bool verify = false;                // read all files that are there, also those that look unchanged
  bool dry_run = false;
};
struct CheckoutOutcome {
  domain::VersionId version;
  std::filesystem::path directory;
  std::size_t files = 0;
  artifacts::CheckoutResult result;
};
CheckoutOutcome checkout(Workspace& workspace, const CheckoutRequest& request);

// Hands on the bytes of one file of a version in order. Error{not_found} with the near miss.
void read_version_file(Workspace& workspace, const std::string& reference, const std::string& path,
                       const artifacts::ByteSink& take);

}  // namespace mlops::app
