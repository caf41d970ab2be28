#include <mlops/app/checkout.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::string folder_name(const domain::VersionId& id) {
  const auto slash = id.model.rfind('/');
  const std::string name = slash == std::string::npos ? id.model : id.model.substr(slash + 1);
  return fmt::format("{}@{}", name, id.number);
}

}  // namespace

CheckoutOutcome checkout(Workspace& workspace, const CheckoutRequest& request) {
  CheckoutOutcome outcome;
  std::vector<domain::FileEntry> files;
  std::uint64_t bytes = 0;
  {
    const auto view = workspace.read();
    outcome.version = resolve(*view, request.reference);
    files = view->version_files(outcome.version);
  }
  for (const auto& file : files) bytes += file.size;
  outcome.files = files.size();
  outcome.directory = workspace.absolute(request.directory.value_or(folder_name(outcome.version)));
  if (std::error_code ignored;
      fs::exists(outcome.directory, ignored) && !fs::is_directory(outcome.directory, ignored)) {
    throw Error{ErrorKind::conflict, fmt::format("`{}` is a file, not a folder", outcome.directory.string())};
  }
  if (request.dry_run) return outcome;
  outcome.result = artifacts::checkout_files(workspace.artifacts(), files, outcome.directory, request.force,
                                             workspace.context().progress(outcome.version.text(), bytes));
  return outcome;
}

}  // namespace mlops::app
