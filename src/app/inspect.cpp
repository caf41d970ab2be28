#include <mlops/app/look_inside.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/runners/installed.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>

#include "file_target.hpp"
#include "onnx_check.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> libraries_here(const std::map<std::string, std::string>& made_with) {
  std::map<std::string, std::string> here;
  const auto python = find_executable("python3");
  if (!python || made_with.empty()) return here;
  std::vector<std::string> names;
  for (const auto& [name, version] : made_with) names.push_back(name);
  const auto installed = runners::installed_versions(names, runners::package_folders(*python));
  for (const std::string& name : names) {
    const auto found = installed.find(name);
    here.emplace(name, found == installed.end() ? "" : found->second);
  }
  return here;
}

// The folder in which the files of the target are, written there first when they are in the artifact store: the ONNX
// library reads what a model keeps in other files from beside it.
fs::path place_on_disk(FileTarget& target, const TemporaryDirectory& scratch) {
  if (target.path) return fs::is_directory(*target.path) ? *target.path : target.path->parent_path();
  Workspace& workspace = *target.workspace;
  const auto files = workspace.read()->version_files(target.version->id);
  artifacts::checkout_files(workspace.artifacts(), files, scratch.path(), {}, {});
  return scratch.path();
}

// What the format's own library says, besides our own reading.
void ask_onnx_library(const Context& context, FileTarget& target, InspectOutcome& outcome) {
  const auto& files = outcome.inspection.files;
  const auto model = std::ranges::find(files, "onnx", [](const auto& file) { return file.inspection.format; });
  if (model == files.end()) return;
  domain::Inspection& whole = outcome.inspection.whole;
  const fs::path helper = context.helpers / "onnx-check";
  std::error_code ignored;
  if (context.helpers.empty() || !fs::exists(helper, ignored)) {
    whole.facts.emplace_back("onnx_check", "not asked: the program onnx-check is not installed");
    return;
  }
  const TemporaryDirectory scratch{context.temporary_directory, "mlops-onnx-"};
  const auto answer = check_onnx(helper, place_on_disk(target, scratch) / model->path);
  if (!answer) return;
  std::string told = "passed";
  if (answer->check && answer->check->find("ir_version is higher") != std::string::npos) {
    told = "not asked: the model is newer than the ONNX library here";
  } else if (answer->check) {
    told = "not passed";
    whole.problems.push_back(fmt::format("the ONNX checker says: {}", *answer->check));
  } else if (answer->inference) {
    told = fmt::format("passed, but shapes can't be inferred: {}", *answer->inference);
  }
  whole.facts.emplace_back("onnx_check", std::move(told));
}

}  // namespace

InspectOutcome inspect(const Context& context, const InspectRequest& request) {
  FileTarget target = open_target(context, request.target);
  InspectOutcome outcome;
  if (target.version) outcome.version = target.version->id;
  outcome.inspection = formats::inspect(*target.files);
  ask_onnx_library(context, target, outcome);
  outcome.libraries_here = libraries_here(outcome.inspection.whole.libraries);
  return outcome;
}

}  // namespace mlops::app
