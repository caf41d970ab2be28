// What the files of a set make together: kinds of folders in one table, as formats of files are in another.
#include <mlops/formats/inspect.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "folder/folder.hpp"
#include "folder/huggingface.hpp"
#include "folder/mlflow.hpp"
#include "folder/weights.hpp"
#include "malformed.hpp"
#include "onnx/onnx.hpp"
#include "safetensors/safetensors.hpp"
#include "set_parts.hpp"
#include "tensorflow/tensorflow.hpp"

namespace mlops::formats {

namespace {

using domain::Inspection;

struct FolderKind {
  std::string_view name;
  bool (*matches)(const Folder& folder);
  void (*inspect)(const Folder& folder, Inspection& whole);
};

void inspect_logged_model(const Folder& folder, Inspection& whole);

bool has_saved_model(const Folder& folder) { return folder.find("saved_model.pb") != nullptr; }

// Runs one reader that may find what it reads broken.
template <typename Read>
void tell_problems(const Read& read, Inspection& whole) {
  try {
    read();
  } catch (const Malformed& error) {
    whole.problems.emplace_back(error.what());
  } catch (const Unscannable& error) {
    whole.problems.emplace_back(error.what());
  }
}

void inspect_saved_model_here(const Folder& folder, Inspection& whole) {
  tell_problems([&] { inspect_saved_model_folder(folder.set(), folder.prefix(), whole); }, whole);
}

constexpr auto folder_kinds = std::to_array<FolderKind>({
    {"mlflow", &is_mlflow, &inspect_logged_model},
    {"savedmodel", &has_saved_model, &inspect_saved_model_here},
    {"huggingface", &is_huggingface, &inspect_huggingface},
});

const FolderKind* kind_of(const Folder& folder) {
  const auto* const kind = std::ranges::find_if(folder_kinds, [&](const FolderKind& k) { return k.matches(folder); });
  return kind == folder_kinds.end() ? nullptr : kind;
}

Inspection inspect_as(const FolderKind* kind, const Folder& folder) {
  Inspection whole;
  if (kind == nullptr) {
    inspect_single(folder, whole);
    return whole;
  }
  whole.format = kind->name;
  kind->inspect(folder, whole);
  return whole;
}

// MLflow keeps the model itself as a file or folder inside its own: one of another kind, never of MLflow again.
void inspect_logged_model(const Folder& folder, Inspection& whole) {
  const std::string data = inspect_mlflow(folder, whole);
  if (data.empty()) return;
  const FileInspection* const file = folder.find(data);
  const Folder part = folder.at(data);
  if (file == nullptr && part.empty()) {
    whole.problems.push_back(
        fmt::format("{}MLmodel: names `{}`, which is not there", printable(folder.prefix()), printable(data)));
    return;
  }
  const FolderKind* const kind = file == nullptr ? kind_of(part) : nullptr;
  if (kind != nullptr && kind->inspect == &inspect_logged_model) return;
  const Inspection model = file != nullptr ? file->inspection : inspect_as(kind, part);
  if (file != nullptr) {
    merge_file(*file, whole);
  } else {
    merge_part(model, whole);
  }
  whole.facts.emplace_back(
      "model", Json::object({{"path", data}, {"format", model.format}, {"facts", Json{Json::Object{model.facts}}}}));
}

std::string_view folder_of(const FileInspection& file) {
  const std::size_t slash = file.path.rfind('/');
  return slash == std::string::npos ? std::string_view{} : std::string_view{file.path}.substr(0, slash);
}

// A set whose model is a level or more down ("model/MLmodel"): its one folder of a known kind, when no model file lies
// above it. The shallowest of several, if it is the only one of its depth.
struct Found {
  const FolderKind* kind = nullptr;
  std::string path;
};
Found find_folder(const Folder& root) {
  constexpr std::size_t most_folders = 1000;
  std::set<std::pair<std::ptrdiff_t, std::string_view>> folders;  // by depth
  for (const FileInspection& file : root.files()) {
    const std::string_view path = folder_of(file);
    if (path.empty() && is_model_file(file)) return {};
    if (!path.empty() && folders.size() < most_folders) folders.emplace(std::ranges::count(path, '/'), path);
  }
  Found found;
  std::ptrdiff_t depth = -1;
  for (const auto& [level, path] : folders) {
    if (found.kind != nullptr && level > depth) return found;
    const FolderKind* const kind = kind_of(root.at(path));
    if (kind == nullptr) continue;
    if (found.kind != nullptr) return {};
    found = {kind, std::string{path}};
    depth = level;
  }
  return found;
}

Inspection inspect_whole(const Folder& root) {
  if (const FolderKind* kind = kind_of(root)) return inspect_as(kind, root);
  const Found found = find_folder(root);
  if (found.kind == nullptr) return inspect_as(nullptr, root);
  Inspection whole = inspect_as(found.kind, root.at(found.path));
  whole.facts.emplace_back("folder", found.path);
  return whole;
}

// What the index of a model in shards says, and what its shards do.
void compare_shards(const FileSet& set, Inspection& whole) {
  for (const SetFile& file : set.files()) {
    if (!file.path.ends_with(".safetensors.index.json")) continue;
    Inspection shards;
    tell_problems([&] { inspect_safetensors_shards(set, file.path, shards); }, shards);
    for (const std::string& problem : shards.problems) {
      whole.problems.push_back(fmt::format("{}: {}", printable(file.path), problem));
    }
  }
}

}  // namespace

FileInspection inspect_one(const FileSet& set, const SetFile& file, const OpenedFile& opened) {
  FileInspection inspected{file.path, file.size, inspect_as(opened.row(), opened.source())};
  if (inspected.inspection.format == "onnx") inspect_onnx_neighbours(set, file, inspected.inspection);
  return inspected;
}

void complete(const FileSet& set, SetInspection& inspection) {
  inspection.whole = inspect_whole(Folder{set, inspection.files});
  compare_shards(set, inspection.whole);
  for (FileInspection& file : inspection.files) file.inspection.tensors = {};
}

}  // namespace mlops::formats
