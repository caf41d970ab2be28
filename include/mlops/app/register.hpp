// `register`: a new version of a model from files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct DataArgument {
  std::string role;
  std::optional<std::filesystem::path> path;  // to snapshot
  std::optional<std::string> reference;       // or a dataset that exists: "train@3"
};

struct RegisterRequest {
  std::string model;
  std::vector<std::filesystem::path> paths;  // empty with `run`: the run's outputs
  std::vector<std::filesystem::path> metrics_files;
  domain::Metrics metrics;
  std::vector<std::filesystem::path> params_files;
  domain::Params params;
  domain::Tags tags;
  std::vector<DataArgument> data;
  std::optional<std::string> parent;  // a reference
  std::optional<std::int64_t> run;
  std::string message;
  std::optional<domain::SemVer> semver;
  std::optional<domain::Bump> bump;
  std::optional<std::filesystem::path> signature;
  std::optional<std::filesystem::path> example;  // of its input, from which the signature is taken
  bool require_clean = false;
  bool new_version = false;
  bool reference = false;  // the files stay where they are
  bool verify = false;     // read all files again, also those that look unchanged
  bool dry_run = false;
};
struct RegisterOutcome {
  domain::Version version;  // with dry_run: as it would be; number 0 when it would be new
  domain::Tags tags;
  bool created = false;  // false: these files are registered already
  std::vector<std::string> notices;
};
RegisterOutcome register_version(Workspace& workspace, const RegisterRequest& request);

}  // namespace mlops::app
