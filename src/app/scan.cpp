#include <mlops/app/look_inside.hpp>

#include <utility>

#include <mlops/formats/look.hpp>

#include "file_target.hpp"
#include "look_inside.hpp"

namespace mlops::app {

ScanOutcome scan(const Context& context, const ScanRequest& request) {
  const FileTarget target = open_target(context, request.target);
  formats::SetLook look = formats::look_for_code(*target.files);
  ScanOutcome outcome;
  outcome.scan = std::move(look.scan);
  outcome.warnings = std::move(look.code);
  if (target.version) {
    outcome.version = target.version->id;
    const auto recipe = read_recipe_code(*target.workspace, target.version->id.model, target.version->git);
    outcome.warnings.insert(outcome.warnings.end(), recipe.begin(), recipe.end());
  }
  return outcome;
}

}  // namespace mlops::app
