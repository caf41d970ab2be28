#include <mlops/domain/recipe_stage.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

bool waits_for(const RecipeStage& stage, const std::vector<RecipeStage>& others) {
  return std::ranges::any_of(stage.needs, [&](const std::string& needed) {
    return std::ranges::find(others, needed, &RecipeStage::name) != others.end();
  });
}

// Among stages each of which waits for another: from one to the next until one comes again.
std::vector<std::string> circle_among(const std::vector<RecipeStage>& waiting) {
  std::vector<std::string> path;
  const RecipeStage* stage = &waiting.front();
  while (std::ranges::find(path, stage->name) == path.end()) {
    path.push_back(stage->name);
    for (const std::string& needed : stage->needs) {
      const auto next = std::ranges::find(waiting, needed, &RecipeStage::name);
      if (next == waiting.end()) continue;
      stage = &*next;
      break;
    }
  }
  path.erase(path.begin(), std::ranges::find(path, stage->name));
  path.push_back(stage->name);
  return path;
}

}  // namespace

std::vector<RecipeStage> in_order(std::vector<RecipeStage> stages) {
  std::vector<RecipeStage> ordered;
  ordered.reserve(stages.size());
  while (!stages.empty()) {
    const auto next = std::ranges::find_if(stages, [&](const RecipeStage& stage) { return !waits_for(stage, stages); });
    if (next == stages.end()) {
      throw Error{ErrorKind::usage,
                  fmt::format("the stages need each other in a circle: {}", join(circle_among(stages), " needs ")),
                  {"one of them must do without"}};
    }
    ordered.push_back(std::move(*next));
    stages.erase(next);
  }
  return ordered;
}

}  // namespace mlops::domain
