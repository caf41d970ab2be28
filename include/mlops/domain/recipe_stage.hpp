// The stages of a recipe: commands that build on each other's outputs, such as prepare, train and evaluate. Not to be
// mistaken for the stages of a model, which its versions hold.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlops::domain {

struct RecipeStage {
  std::string name;
  std::vector<std::string> command;                          // with placeholders
  std::vector<std::string> needs;                            // stages that come before it
  std::vector<std::string> inputs;                           // of the recipe, by role, that it reads
  std::vector<std::string> params;                           // of the recipe that it sees
  std::vector<std::pair<std::string, std::string>> outputs;  // name, path relative to the project
  std::optional<std::string> metrics;                        // JSON file that it writes
  std::optional<std::vector<std::string>> code;              // files and folders it runs; nullopt: the whole project
};

// Each after all that it needs, and otherwise in the order given. What is needed and isn't there is passed over.
// Error{usage} that names a circle.
std::vector<RecipeStage> in_order(std::vector<RecipeStage> stages);

}  // namespace mlops::domain
