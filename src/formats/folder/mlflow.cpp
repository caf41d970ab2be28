#include "folder/mlflow.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <mlops/domain/signature.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "json/lenient_json.hpp"
#include "requirements.hpp"

namespace mlops::formats {

namespace {

using domain::Inspection;

constexpr std::string_view version_suffix = "_version";

// The package behind a flavour's own word for it; without such a word they are the same.
std::string package_of(std::string_view word) {
  constexpr auto packages = std::to_array<std::pair<std::string_view, std::string_view>>({{"sklearn", "scikit-learn"},
                                                                                          {"pytorch", "torch"},
                                                                                          {"xgb", "xgboost"},
                                                                                          {"lgb", "lightgbm"},
                                                                                          {"paddle", "paddlepaddle"}});
  const auto* const found = std::ranges::find(packages, word, &std::pair<std::string_view, std::string_view>::first);
  std::string package{found == packages.end() ? word : found->second};
  std::ranges::replace(package, '_', '-');
  return package;
}

std::string text_of(const Json& value) {
  if (value.is_string()) return cut_text(value.as_string(), 200);
  return value.is_number() ? to_line(value) : "";
}

void read_flavours(const Json& flavours, Inspection& whole) {
  for (const auto& [flavour, settings] : flavours.as_object()) {
    if (!settings.is_object()) continue;
    for (const auto& [key, value] : settings.as_object()) {
      if (!key.ends_with(version_suffix)) continue;
      const std::string version = text_of(value);
      const std::string word = key.substr(0, key.size() - version_suffix.size());
      if (!version.empty() && !word.empty()) whole.libraries.emplace(package_of(word), version);
    }
  }
}

void read_signature(const Json& mlmodel, std::string_view path, Inspection& whole) {
  const Json* const signature = mlmodel.find("signature");
  if (signature == nullptr || signature->is_null()) return;
  try {
    whole.signature = domain::parse_signature(*signature, fmt::format("{}: signature", path));
  } catch (const Error& error) {
    whole.problems.push_back(error.message());
  }
}

void read_facts(const Json& mlmodel, Inspection& whole) {
  constexpr auto keys = std::to_array<std::string_view>(
      {"flavors", "model_uuid", "model_id", "run_id", "artifact_path", "utc_time_created", "model_size_bytes",
       "saved_input_example_info", "metadata", "resources", "env_vars"});
  for (const std::string_view key : keys) {
    const Json* const value = mlmodel.find(key);
    if (value != nullptr && !value->is_null()) whole.facts.emplace_back(key, bounded(*value));
  }
}

// The model itself, by the flavour's own key rather than by that of `python_function`.
std::string data_of(const Json& flavours) {
  constexpr auto keys = std::to_array<std::string_view>(
      {"model_binary", "pickled_model", "saved_model_dir", "model_data", "model_path", "python_model", "data"});
  for (const std::string_view key : keys) {
    for (const auto& [flavour, settings] : flavours.as_object()) {
      const Json* const path = settings.find(key);
      if (path != nullptr && path->is_string()) return path_inside(path->as_string()).value_or("");
    }
  }
  return "";
}

}  // namespace

bool is_mlflow(const Folder& folder) {
  if (folder.find("MLmodel") == nullptr) return false;
  Inspection ignored;
  const auto mlmodel = folder.yaml_mapping("MLmodel", ignored);
  // One that can't be read is still meant for MLflow, and must not pass for something else.
  return !mlmodel || mlmodel->find("flavors") != nullptr;
}

std::string inspect_mlflow(const Folder& folder, Inspection& whole) {
  const auto mlmodel = folder.yaml_mapping("MLmodel", whole);
  if (!mlmodel) return "";
  std::string data;
  if (const Json* flavours = mlmodel->find("flavors"); flavours != nullptr && flavours->is_object()) {
    read_flavours(*flavours, whole);
    data = data_of(*flavours);
  } else {
    whole.problems.push_back(fmt::format("{}MLmodel: has no `flavors`", printable(folder.prefix())));
  }
  if (const Json* version = mlmodel->find("mlflow_version")) {
    const std::string text = text_of(*version);
    if (!text.empty()) whole.producer = "mlflow " + text;
  }
  read_signature(*mlmodel, folder.prefix() + "MLmodel", whole);
  read_facts(*mlmodel, whole);
  read_requirements(folder, whole);
  return data;
}

}  // namespace mlops::formats
