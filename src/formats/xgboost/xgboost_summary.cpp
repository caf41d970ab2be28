// What the members of an XGBoost model say together, once all of them are read.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "xgboost/xgboost_model.hpp"

namespace mlops::formats {

namespace {

// The types of features, in our words.
std::string_view dtype_of(std::string_view type) {
  if (type == "int") return "int32";
  if (type == "i") return "bool";
  if (type == "c") return "category";
  return "float32";  // "float", and "q" for a quantity
}

}  // namespace

std::optional<std::uint64_t> XgboostModel::natural(const std::string& name) const {
  const auto found = settings_.find(name);
  if (found == settings_.end() || !found->second.is_integer() || found->second.as_integer() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(found->second.as_integer());
}

void XgboostModel::conclude() {
  constexpr auto shapes =
      std::to_array<std::string_view>({"num_feature", "num_class", "num_target", "base_score", "num_trees",
                                       "size_leaf_vector", "boost_from_average", "feature_names", "feature_types"});
  const auto tell_count = [&](std::string_view name, std::uint64_t count) {
    inspection_.facts.emplace_back(name, static_cast<std::int64_t>(count));
  };
  if (const auto declared = natural("num_trees"); declared && *declared != trees_)
    flaws_.add("xgboost.model", fmt::format("{} trees are declared, there are {}", *declared, trees_));
  if (tree_info_ && *tree_info_ != trees_)
    flaws_.add("xgboost.model", fmt::format("`tree_info` is of {} trees, there are {}", *tree_info_, trees_));

  inspection_.parameters = parameters_;
  inspection_.architecture = booster_;
  for (const char* const name : {"num_feature", "num_class", "num_target", "base_score"}) {
    if (const auto found = settings_.find(name); found != settings_.end())
      inspection_.facts.emplace_back(name, found->second);
  }
  if (booster_ != "gblinear") {
    tell_count("trees", trees_);
    tell_count("leaves", leaves_);
  }
  tell_inputs();
  for (const auto& [name, value] : settings_) {
    if (std::ranges::find(shapes, name) == shapes.end()) inspection_.hyperparameters.insert_or_assign(name, value);
  }
  if (!booster_.empty()) inspection_.hyperparameters.insert_or_assign("booster", booster_);
}

void XgboostModel::tell_inputs() {
  const auto features = natural("num_feature");
  const auto names = natural("feature_names");
  if (names && features && *names != *features) {
    flaws_.add("xgboost.model", fmt::format("it has {} features, and names for {}", *features, *names));
  }
  for (std::size_t i = 0; i < feature_names_.size(); ++i) {
    const std::string_view type = i < feature_types_.size() ? std::string_view{feature_types_[i]} : "float";
    inspection_.signature.inputs.push_back({feature_names_[i], std::string{dtype_of(type)}, std::nullopt});
  }
  if (feature_names_.empty() && features && std::in_range<std::int64_t>(*features)) {
    std::vector<Json> shape{nullptr, static_cast<std::int64_t>(*features)};
    inspection_.signature.inputs.push_back({"", "float32", std::move(shape)});
  }
}

}  // namespace mlops::formats
