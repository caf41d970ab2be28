#include <fmt/core.h>

#include <mlops/app/artifacts.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "artifacts_needs.hpp"

namespace mlops::app {

namespace {

std::filesystem::path source_of(const Workspace& workspace, const std::string& from) {
  if (from.find("://") != std::string::npos) {
    throw Error{ErrorKind::usage,
                fmt::format("`--from {}`: this version of mlops heals from files and folders, not from remotes",
                            printable(from)),
                {"download a copy and name its folder"}};
  }
  std::filesystem::path path = workspace.absolute(from);
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  throw Error{ErrorKind::not_found, fmt::format("`--from {}`: there is no such file or folder", printable(from))};
}

}  // namespace

ArtifactsRepairOutcome repair_artifacts(Workspace& workspace, const ArtifactsRepairRequest& request) {
  ArtifactsRepairOutcome outcome;
  artifacts::RepairOptions options{.from = {}, .dry_run = request.dry_run};
  for (const std::string& from : request.from) options.from.push_back(source_of(workspace, from));
  const auto needed = needed_objects(*workspace.read());
  outcome.report = workspace.maintenance()->repair(
      needed, options, workspace.context().progress(request.dry_run ? "looking" : "repairing", 0));

  std::vector<Damaged> damaged;
  outcome.lost.reserve(outcome.report.lost.size());
  for (const Digest& object : outcome.report.lost) {
    outcome.lost.push_back({.file = "", .what = fmt::format("object {} is lost", object.short_text())});
    damaged.push_back({{object}, &outcome.lost.back()});
  }
  name_touched(*workspace.read(), damaged);
  return outcome;
}

}  // namespace mlops::app
