#include "pickle/estimator.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "pickle/arrays.hpp"
#include "pickle/walk.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::size_t most_hyperparameters = 1000;
constexpr std::size_t most_steps = 100;
constexpr std::size_t most_names = 500;
constexpr std::size_t most_classes = 100;
constexpr std::size_t longest_name = 256;
constexpr int deepest = 8;
// One estimator may be a step of many others.
constexpr int most_estimators = 200;
constexpr std::size_t most_attributes = 512;

constexpr auto libraries = std::to_array<std::string_view>({"sklearn", "xgboost", "lightgbm", "catboost", "imblearn"});

bool is_of_library(const Global& global) {
  const std::string_view root = std::string_view{global.module}.substr(0, global.module.find('.'));
  return std::ranges::find(libraries, root) != libraries.end();
}

const Node* attributes_of(const Tree& tree, const Value& object) {
  const Node* node = object.is_object() ? tree.parts(object) : nullptr;
  return node != nullptr && node->state.kind == Kind::dict ? tree.parts(node->state) : nullptr;
}

// (name, estimator …), as in the steps of a pipeline
struct Step {
  std::string name;
  Value estimator;
};

std::vector<Step> steps_of(const Tree& tree, const Value& value) {
  std::vector<Step> steps;
  const Node* list = value.kind == Kind::list || value.kind == Kind::tuple ? tree.parts(value) : nullptr;
  if (list == nullptr || list->items.size() > most_steps) return {};
  for (const Value& item : list->items) {
    const Node* pair = item.kind == Kind::tuple ? tree.parts(item) : nullptr;
    if (pair == nullptr || pair->items.size() < 2) return {};
    const auto name = tree.text_of(pair->items[0], longest_name);
    if (!name) return {};
    steps.push_back({*name, pair->items[1]});
  }
  return steps;
}

// As get_params() names them: "clf__C" is the parameter C of the step clf.
class Parameters {
 public:
  Parameters(const Tree& tree, domain::Params& into) : tree_{tree}, into_{into} {}

  void add(const Value& estimator, const std::string& prefix, int depth) {
    const Node* attributes = attributes_of(tree_, estimator);
    if (attributes == nullptr || depth == deepest || ++estimators_ > most_estimators) return;
    const std::size_t end = std::min(attributes->items.size(), 2 * most_attributes);
    for (std::size_t at = 0; at + 1 < end; at += 2) {
      const auto name = tree_.text_of(attributes->items[at], longest_name);
      // What fitting has set, and what is nobody's business
      if (!name || name->empty() || name->starts_with('_') || name->ends_with('_')) continue;
      add_one(*name, attributes->items[at + 1], prefix, depth);
    }
  }

 private:
  void add_one(const std::string& name, const Value& value, const std::string& prefix, int depth) {
    if (is_estimator(tree_, value)) {
      set(prefix + name, Json{public_name(*tree_.maker(value))});
      return add(value, prefix + name + "__", depth + 1);
    }
    const auto steps = steps_of(tree_, value);
    if (!steps.empty()) {
      for (const Step& step : steps) {
        if (is_estimator(tree_, step.estimator)) {
          set(prefix + step.name, Json{public_name(*tree_.maker(step.estimator))});
          add(step.estimator, prefix + step.name + "__", depth + 1);
        }
      }
      return;
    }
    if (auto json = to_json(tree_, value)) set(prefix + name, std::move(*json));
  }

  void set(std::string name, Json value) {
    if (into_.size() < most_hyperparameters) into_.emplace(std::move(name), std::move(value));
  }

  const Tree& tree_;
  domain::Params& into_;
  int estimators_ = 0;
};

// Looks for an attribute of the estimator, or of the first one inside it that has it.
class Search {
 public:
  Search(const Tree& tree, std::string_view name) : tree_{tree}, name_{name} {}

  const Value* in(const Value& estimator, int depth = 0) {
    if (depth == deepest || ++estimators_ > most_estimators || !is_estimator(tree_, estimator)) return nullptr;
    if (const Value* own = tree_.attribute(estimator, name_)) return own;
    for (const std::string_view inside : {"best_estimator_", "steps", "estimator", "base_estimator"}) {
      const Value* value = tree_.attribute(estimator, inside);
      if (value == nullptr) continue;
      if (const Value* theirs = in(*value, depth + 1)) return theirs;
      for (const Step& step : steps_of(tree_, *value)) {
        if (const Value* theirs = in(step.estimator, depth + 1)) return theirs;
      }
    }
    return nullptr;
  }

 private:
  const Tree& tree_;
  std::string_view name_;
  int estimators_ = 0;
};

const Value* found_in(const Tree& tree, const Value& estimator, std::string_view name) {
  return Search{tree, name}.in(estimator);
}

const Value* last_with(const Tree& tree, const Value& estimator, std::string_view name) {
  const Value* steps = tree.attribute(estimator, "steps");
  const auto all = steps != nullptr ? steps_of(tree, *steps) : std::vector<Step>{};
  return found_in(tree, all.empty() ? estimator : all.back().estimator, name);
}

void note_steps(const Tree& tree, const Value& estimator, domain::Inspection& inspection) {
  for (const std::string_view key : {"steps", "transformers", "transformer_list", "estimators"}) {
    const Value* value = tree.attribute(estimator, key);
    if (value == nullptr) continue;
    Json steps = Json::array();
    for (const Step& step : steps_of(tree, *value)) {
      const Global* maker = tree.maker(step.estimator);
      const auto plain = read_scalar(tree, step.estimator);
      Json what = maker != nullptr ? Json{public_name(*maker)} : plain ? *plain : Json{};
      steps.push_back(Json::object({{"name", step.name}, {"class", std::move(what)}}));
    }
    if (!steps.is_null() && !steps.as_array().empty()) inspection.facts.emplace_back(key, std::move(steps));
  }
}

void note_signature(const Tree& tree, const Value& estimator, domain::Inspection& inspection) {
  const Value* features = found_in(tree, estimator, "n_features_in_");
  // Of old releases, and of LightGBM
  for (const std::string_view other : {"n_features_", "_n_features"}) {
    if (features == nullptr) features = found_in(tree, estimator, other);
  }
  const auto count = features != nullptr ? read_integer(tree, *features) : std::nullopt;
  if (count && *count >= 0)
    inspection.signature.inputs.push_back(domain::Port{"X", "", std::vector<Json>{Json{}, Json{*count}}, true});
  const auto note = [&](std::string_view fact, const Value* value, std::size_t most) {
    auto elements = value != nullptr ? read_elements(tree, *value, most) : std::nullopt;
    if (elements) inspection.facts.emplace_back(fact, std::move(*elements));
  };
  note("feature_names", found_in(tree, estimator, "feature_names_in_"), most_names);
  const Value* classes = last_with(tree, estimator, "classes_");
  note("classes", classes != nullptr ? classes : last_with(tree, estimator, "_classes"), most_classes);
  const Value* outputs = last_with(tree, estimator, "n_outputs_");
  const auto output_count = outputs != nullptr ? read_integer(tree, *outputs) : std::nullopt;
  if (output_count) inspection.facts.emplace_back("n_outputs", *output_count);
}

}  // namespace

bool is_estimator(const Tree& tree, const Value& value) {
  const Global* maker = value.kind == Kind::instance ? tree.maker(value) : nullptr;
  if (maker == nullptr) return false;
  return (is_of_library(*maker) && attributes_of(tree, value) != nullptr) ||
         tree.attribute(value, "_sklearn_version") != nullptr;
}

void describe_estimator(const Tree& tree, const Value& estimator, domain::Inspection& inspection) {
  inspection.architecture = public_name(*tree.maker(estimator));
  const Value* version = found_in(tree, estimator, "_sklearn_version");
  if (version != nullptr && version->kind == Kind::text)
    inspection.libraries.emplace("scikit-learn", tree.text_of(*version, longest_name).value_or(""));
  Parameters{tree, inspection.hyperparameters}.add(estimator, "", 0);
  note_steps(tree, estimator, inspection);
  note_signature(tree, estimator, inspection);
}

}  // namespace mlops::formats::pickle
