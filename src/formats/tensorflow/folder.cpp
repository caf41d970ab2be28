#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "inner_path.hpp"
#include "malformed.hpp"
#include "tensorflow/checkpoint_index.hpp"
#include "tensorflow/tensorflow.hpp"

namespace mlops::formats {

namespace {

using namespace tensorflow;

// What a checkpoint holds beside variables.
constexpr std::string_view object_graph_key = "_CHECKPOINTABLE_OBJECT_GRAPH";
// Keras 3 writes every variable a second time.
constexpr std::string_view copies = "_all_variables/";
constexpr std::size_t most_problems = 100;
constexpr std::uint64_t most_data_shards = 10'000;

void note(domain::Inspection& inspection, std::string problem) {
  if (inspection.problems.size() < most_problems) inspection.problems.push_back(std::move(problem));
}

void tell_index(const CheckpointIndex& index, domain::Inspection& inspection) {
  for (const CheckpointEntry& entry : index.entries) {
    if (entry.name == object_graph_key || entry.name.starts_with(copies)) continue;
    inspection.add_tensor({printable(entry.name), entry.dtype, entry.shape.fixed_dims(), entry.size});
  }
  inspection.facts.emplace_back("checkpoint_shards", Json{index.shards});
  if (index.is_cut) inspection.facts.emplace_back("incomplete", Json::array({"variables"}));
}

std::string shard_path(const std::string& stem, std::uint64_t shard, std::uint64_t shards) {
  return fmt::format("{}.data-{:05}-of-{:05}", stem, shard, shards);
}

void check_shards(const FileSet& set, const std::string& stem, const CheckpointIndex& index,
                  domain::Inspection& inspection) {
  for (const CheckpointEntry& entry : index.entries) {
    if (entry.is_sliced) continue;
    const std::string path = shard_path(stem, entry.shard, index.shards);
    const SetFile* shard = set.find(path);
    if (shard == nullptr) {
      note(inspection, fmt::format("`{}` is missing, in which the variable `{}` is", path, printable(entry.name)));
    } else if (entry.offset > shard->size || entry.size > shard->size - entry.offset) {
      note(inspection, fmt::format("the variable `{}` reaches beyond the end of `{}`", printable(entry.name), path));
    }
  }
}

// The checkpoint knows every variable, the graph only those that are somebody's attribute.
void inspect_variables(const FileSet& set, const std::string& stem, domain::Inspection& inspection) {
  const SetFile* file = set.find(stem + ".index");
  if (file == nullptr) {
    if (inspection.tensor_count > 0) note(inspection, fmt::format("`{}.index` is missing", stem));
    return;
  }
  const auto source = set.open(*file);
  CheckpointIndex index;
  try {
    read_checkpoint_index(*source, index);
  } catch (const Malformed& error) {
    return note(inspection, fmt::format("`{}`: {}", file->path, error.what()));
  } catch (const Unscannable& error) {
    return note(inspection, fmt::format("`{}`: {}", file->path, error.what()));
  }
  inspection.tensors.clear();
  inspection.tensor_count = 0;
  inspection.tensor_bytes = 0;
  tell_index(index, inspection);
  check_shards(set, stem, index, inspection);
}

void check_assets(const FileSet& set, const std::string& folder, domain::Inspection& inspection) {
  const Json facts{inspection.facts};
  const Json* assets = facts.find("assets");
  if (assets == nullptr) return;
  for (const Json& asset : assets->as_array()) {
    const std::string& name = asset.as_string();
    if (const auto escape = why_it_escapes(name)) {
      note(inspection, fmt::format("the asset `{}` {}", name, *escape));
    } else if (const std::string path = path_beside(folder + "assets/x", name); set.find(path) == nullptr) {
      note(inspection, fmt::format("the asset `{}` is missing", path));
    }
  }
}

// The part of an inspection that throws, as a problem of it.
template <typename Inspect>
void inspect_part(const FileSet& set, const SetFile& file, domain::Inspection& inspection, Inspect inspect) {
  try {
    inspect(*set.open(file), inspection);
  } catch (const Malformed& error) {
    note(inspection, fmt::format("`{}`: {}", file.path, error.what()));
  }
}

}  // namespace

bool is_checkpoint_index(const Head& head) {
  if (!has_table_magic(head.source)) return false;
  try {
    return begins_with_header(head.source);
  } catch (const Malformed&) {
    return false;
  }
}

void inspect_checkpoint_index(const ByteSource& source, domain::Inspection& inspection) {
  CheckpointIndex index;
  try {
    read_checkpoint_index(source, index);
  } catch (const Malformed&) {
    tell_index(index, inspection);
    throw;
  }
  tell_index(index, inspection);
}

std::vector<std::string> data_files_of_checkpoint(const FileSet& set, const SetFile& index) {
  CheckpointIndex read;
  try {
    read_checkpoint_index(*set.open(index), read);
  } catch (const Malformed&) {
    return {};
  } catch (const Unscannable&) {
    return {};
  }
  constexpr std::string_view ending = ".index";
  const std::string stem = index.path.substr(0, index.path.size() - std::min(index.path.size(), ending.size()));
  std::vector<std::string> paths;
  for (std::uint64_t shard = 0; shard < std::min(read.shards, most_data_shards); ++shard) {
    if (const SetFile* file = set.find(shard_path(stem, shard, read.shards))) paths.push_back(file->path);
  }
  return paths;
}

void inspect_saved_model_folder(const FileSet& set, std::string_view prefix, domain::Inspection& inspection) {
  const std::string folder{prefix};
  const SetFile* model = set.find(folder + "saved_model.pb");
  if (model == nullptr) return note(inspection, fmt::format("`{}saved_model.pb` is missing", folder));
  inspection.format = "savedmodel";
  inspect_part(set, *model, inspection, inspect_saved_model);
  inspect_variables(set, folder + "variables/variables", inspection);
  check_assets(set, folder, inspection);
  if (const SetFile* keras = set.find(folder + "keras_metadata.pb"))
    inspect_part(set, *keras, inspection, inspect_keras_metadata);
}

}  // namespace mlops::formats
