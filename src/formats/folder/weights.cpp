#include "folder/weights.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "json/lenient_json.hpp"

namespace mlops::formats {

namespace {

using domain::Inspection;
using Files = std::vector<const FileInspection*>;

constexpr std::size_t most_named = 200;

// "model-00002-of-00003.safetensors": what is before and after the figures, and how many there are.
struct PartName {
  std::string before, after;
  std::string_view count;
  friend bool operator==(const PartName&, const PartName&) = default;
};

bool is_figure(std::string_view text) {
  return text.size() == 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<PartName> part_name(std::string_view path) {
  constexpr std::size_t figures = 5;
  constexpr std::string_view between = "-of-";
  const std::size_t at = path.rfind(between);
  if (at == std::string_view::npos || at < figures + 1) return std::nullopt;
  const std::string_view number = path.substr(at - figures, figures);
  const std::string_view count = path.substr(at + between.size(), figures);
  if (!is_figure(number) || !is_figure(count)) return std::nullopt;
  return PartName{.before = std::string{path.substr(0, at - figures)},
                  .after = std::string{path.substr(at + between.size() + figures)},
                  .count = count};
}

// All parts of the file in question; itself alone when it is no part.
Files with_other_parts(const FileInspection& file, const Folder& folder, Inspection& whole) {
  const auto name = part_name(file.path);
  if (!name) return {&file};
  Files parts;
  for (const FileInspection& other : folder.files()) {
    if (part_name(other.path) == name && other.inspection.format == file.inspection.format) parts.push_back(&other);
  }
  if (static_cast<std::int64_t>(parts.size()) != parse_integer(name->count)) {
    whole.problems.push_back(fmt::format("{} of the {} parts `{}…` are there", parts.size(),
                                         *parse_integer(name->count),
                                         printable(folder.relative(*parts.front()).substr(0, 100))));
  }
  return parts;
}

// The files that an index ("model.safetensors.index.json") names.
Files indexed(const Folder& folder, std::string_view index, Inspection& whole) {
  const auto json = folder.json_object(index, whole);
  if (!json) return {};
  const Json* const map = json->find("weight_map");
  if (map == nullptr || !map->is_object()) {
    whole.problems.push_back(fmt::format("{}{}: has no `weight_map`", printable(folder.prefix()), index));
    return {};
  }
  std::set<std::string> names;
  for (const auto& [tensor, name] : map->as_object()) {
    if (name.is_string()) names.insert(name.as_string());
  }
  Files files;
  for (const std::string& name : names) {
    const FileInspection* const file = folder.find(name);
    if (file != nullptr) {
      files.push_back(file);
    } else if (whole.problems.size() < most_named) {
      whole.problems.push_back(
          fmt::format("{}{}: names `{}`, which is not there", printable(folder.prefix()), index, printable(name)));
    }
  }
  return files;
}

// What loaders look for, in the order in which they do.
constexpr auto weight_names = std::to_array<std::string_view>(
    {"model.safetensors.index.json", "model.safetensors", "adapter_model.safetensors",
     "diffusion_pytorch_model.safetensors.index.json", "diffusion_pytorch_model.safetensors",
     "pytorch_model.bin.index.json", "pytorch_model.bin", "adapter_model.bin", "diffusion_pytorch_model.bin",
     "tf_model.h5", "flax_model.msgpack"});

Files named_weights(const Folder& folder, Inspection& whole) {
  for (const std::string_view name : weight_names) {
    if (folder.find(name) == nullptr) continue;
    Files files = name.ends_with(".index.json") ? indexed(folder, name, whole) : Files{folder.find(name)};
    if (!files.empty()) return files;
  }
  return {};
}

std::size_t rank_of(const FileInspection& file) {
  constexpr auto formats = std::to_array<std::string_view>({"safetensors", "pytorch", "gguf"});
  return static_cast<std::size_t>(std::ranges::find(formats, file.inspection.format) - formats.begin());
}

// The best of the model files in the folder itself: by format, then by size.
const FileInspection* best_file(const Folder& folder) {
  const FileInspection* best = nullptr;
  for (const FileInspection& file : folder.files()) {
    if (!folder.holds_directly(file) || !is_model_file(file)) continue;
    if (best == nullptr || std::pair{rank_of(file), best->size} < std::pair{rank_of(*best), file.size}) best = &file;
  }
  return best;
}

Json listed(const Folder& folder, const Files& without, bool only_direct) {
  Json::Array names;
  for (const FileInspection& file : folder.files()) {
    if ((only_direct && !folder.holds_directly(file)) || !is_model_file(file)) continue;
    if (std::ranges::find(without, &file) != without.end()) continue;
    if (names.size() == most_named) break;
    names.push_back(Json::object({{"path", file.path}, {"format", file.inspection.format}}));
  }
  return Json{std::move(names)};
}

void set_fact(Inspection& whole, std::string name, Json value) {
  if (value.is_array() && value.as_array().empty()) return;
  whole.facts.emplace_back(std::move(name), std::move(value));
}

}  // namespace

void merge_part(const Inspection& from, Inspection& whole) {
  const auto problem = [&](const std::string& text) {
    if (whole.problems.size() < most_named) whole.problems.push_back(text);
  };
  const auto fill = [](std::string& mine, const std::string& theirs) {
    if (mine.empty()) mine = theirs;
  };
  fill(whole.architecture, from.architecture);
  fill(whole.producer, from.producer);
  fill(whole.licence, from.licence);
  fill(whole.quantisation, from.quantisation);
  if (from.parameters) whole.parameters = whole.parameters.value_or(0) + *from.parameters;
  whole.tensor_count += from.tensor_count;
  whole.tensor_bytes += from.tensor_bytes;
  for (const domain::Tensor& tensor : from.tensors) {
    if (whole.tensors.size() == Inspection::most_tensors) break;
    whole.tensors.push_back(tensor);
  }
  if (whole.signature.empty()) whole.signature = from.signature;
  whole.hyperparameters.insert(from.hyperparameters.begin(), from.hyperparameters.end());
  whole.libraries.insert(from.libraries.begin(), from.libraries.end());
  std::ranges::for_each(from.problems, problem);
}

void merge_file(const FileInspection& file, Inspection& whole) {
  Inspection named = file.inspection;
  for (std::string& problem : named.problems) problem = fmt::format("{}: {}", printable(file.path), problem);
  merge_part(named, whole);
}

void merge_weights(const Folder& folder, Inspection& whole) {
  Files files = named_weights(folder, whole);
  if (files.empty()) {
    const FileInspection* const best = best_file(folder);
    if (best == nullptr) return;
    files = with_other_parts(*best, folder, whole);
  }
  for (const FileInspection* file : files) merge_file(*file, whole);
  set_fact(whole, "weights_format", Json{files.front()->inspection.format});
  set_fact(whole, "other_weights", listed(folder, files, true));
}

void inspect_single(const Folder& folder, Inspection& whole) {
  const FileInspection* largest = nullptr;
  for (const FileInspection& file : folder.files()) {
    if (is_model_file(file) && (largest == nullptr || file.size > largest->size)) largest = &file;
  }
  if (largest == nullptr) {
    if (folder.files().size() == 1) whole = folder.files().front().inspection;
    return;
  }
  const Files files = with_other_parts(*largest, folder, whole);
  const std::vector<std::string> noticed = std::exchange(whole.problems, {});
  if (files.size() == 1) {
    whole = largest->inspection;
    if (folder.files().size() > 1) {
      for (std::string& problem : whole.problems) problem = fmt::format("{}: {}", printable(largest->path), problem);
    }
  } else {
    whole.format = largest->inspection.format;
    whole.format_version = largest->inspection.format_version;
    for (const FileInspection* file : files) merge_file(*file, whole);
    for (const auto& fact : files.front()->inspection.facts) whole.facts.push_back(fact);
    set_fact(whole, "parts", Json{files.size()});
  }
  whole.problems.insert(whole.problems.end(), noticed.begin(), noticed.end());
  if (folder.files().size() > 1) set_fact(whole, "file", Json{files.front()->path});
  set_fact(whole, "other_models", listed(folder, files, false));
}

}  // namespace mlops::formats
