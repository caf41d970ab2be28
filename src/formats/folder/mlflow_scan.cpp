// What `mlflow.pyfunc.load_model` and the flavours' own loaders run besides unpickling. Source: mlflow/pyfunc/
// __init__.py (load_model), mlflow/pyfunc/model.py and mlflow/utils/model_utils.py of MLflow 3.17.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "folder/folder.hpp"
#include "folder/folder_scan.hpp"
#include "yaml/yaml.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

// Members whose text a loader joins to the path of the folder.
constexpr auto path_keys =
    std::to_array<std::string_view>({"code", "data", "model_binary", "model_code_path", "model_data", "model_path",
                                     "pickled_model", "python_model", "saved_model_dir"});

const std::string* text_of(const Json& settings, std::string_view key) {
  const Json* const value = settings.find(key);
  return value != nullptr && value->is_string() && !value->as_string().empty() ? &value->as_string() : nullptr;
}

void scan_paths(const Json& settings, Scanning& scanning) {
  for (const std::string_view key : path_keys) {
    const std::string* const path = text_of(settings, key);
    // Of this one MLflow takes the last part alone.
    if (path == nullptr || path_inside(*path) || key == "model_code_path") continue;
    scanning.report(Safety::dangerous, "mlflow.path",
                    fmt::format("`{}` of MLmodel leads out of the folder: `{}`", key, printable(*path)));
  }
}

// Whether the module is a file of the folder: "a.b" is a/b.py or a/b/__init__.py, in `code` or a folder in it.
bool is_shipped(const SettingsFile& file, std::string_view module) {
  std::string path{module};
  std::ranges::replace(path, '.', '/');
  const std::string in_code = fmt::format("{}code/", file.folder);
  return std::ranges::any_of(file.set.files(), [&](const SetFile& other) {
    if (!std::string_view{other.path}.starts_with(in_code)) return false;
    return std::string_view{other.path}.ends_with(fmt::format("/{}.py", path)) ||
           std::string_view{other.path}.ends_with(fmt::format("/{}/__init__.py", path));
  });
}

void scan_loader(const SettingsFile& file, const Json& settings, Scanning& scanning) {
  const std::string* const module = text_of(settings, "loader_module");
  if (module == nullptr || module->starts_with("mlflow.")) return;
  if (is_shipped(file, *module)) {
    scanning.report(Safety::dangerous, "mlflow.code",
                    fmt::format("loading runs the module `{}` of this folder", printable(*module)));
  } else {
    scanning.report(Safety::unknown, "mlflow.code",
                    fmt::format("loading imports `{}`, which is not MLflow's, and runs it", printable(*module)));
  }
}

void scan_flavour(const SettingsFile& file, const Json& settings, Scanning& scanning) {
  scan_paths(settings, scanning);
  scan_loader(file, settings, scanning);
  if (const std::string* code = text_of(settings, "model_code_path")) {
    scanning.report(Safety::dangerous, "mlflow.code",
                    fmt::format("loading runs `{}` of this folder",
                                printable(std::string_view{*code}.substr(code->rfind('/') + 1))));
  }
  if (const std::string* code = text_of(settings, "code")) {
    scanning.report(Safety::unknown, "mlflow.code",
                    fmt::format("loading looks for modules in `{}` of this folder first, and runs what it imports",
                                printable(*code)));
  }
}

}  // namespace

bool scan_mlmodel(const SettingsFile& file, Scanning& scanning) {
  const Json mlmodel = parse_yaml(file.text, "MLmodel");
  const Json* const flavours = mlmodel.find("flavors");
  if (flavours == nullptr || !flavours->is_object()) return false;
  constexpr std::size_t most_flavours = 100;
  if (flavours->as_object().size() > most_flavours)
    throw Error{ErrorKind::usage, fmt::format("MLmodel: more than {} flavours", most_flavours)};
  for (const auto& [name, settings] : flavours->as_object()) scan_flavour(file, settings, scanning);
  return true;
}

}  // namespace mlops::formats
