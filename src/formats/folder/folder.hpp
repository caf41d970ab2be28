// A folder of a set of files, each of which has been inspected by itself: what the kinds of model folders look into.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <mlops/formats/file_set.hpp>
#include <mlops/formats/inspect.hpp>

namespace mlops::formats {

class Folder {
 public:
  // `files` are those of `set`, in its order; both must outlive it.
  Folder(const FileSet& set, std::span<const FileInspection> files) : set_{set}, files_{files} {}

  // The folder `relative` in this one ("" is itself). Without files when there is none, or when the path leads out.
  [[nodiscard]] Folder at(std::string_view relative) const;

  [[nodiscard]] std::span<const FileInspection> files() const { return files_; }  // also of folders inside
  [[nodiscard]] bool empty() const { return files_.empty(); }
  [[nodiscard]] const FileSet& set() const { return set_; }
  [[nodiscard]] const std::string& prefix() const { return prefix_; }  // in the set: "" or "model/"

  // A path of files() as this folder sees it.
  [[nodiscard]] std::string_view relative(const FileInspection& file) const;
  // Whether the file is in the folder itself, not in one inside.
  [[nodiscard]] bool holds_directly(const FileInspection& file) const;
  [[nodiscard]] const FileInspection* find(std::string_view relative) const;

  // Its text; nullopt when there is no such file or it is larger than `most`.
  [[nodiscard]] std::optional<std::string> text(std::string_view relative, std::uint64_t most = 4u << 20) const;
  // The JSON object or the YAML mapping in the file; nullopt when there is none, with a problem that says why when the
  // file is there.
  [[nodiscard]] std::optional<Json> json_object(std::string_view relative, domain::Inspection& whole) const;
  [[nodiscard]] std::optional<Json> yaml_mapping(std::string_view relative, domain::Inspection& whole) const;

 private:
  [[nodiscard]] std::optional<Json> object_in(std::string_view relative, domain::Inspection& whole,
                                              Json (*parse)(std::string_view, std::string_view)) const;

  const FileSet& set_;
  std::span<const FileInspection> files_;
  std::string prefix_;
};

// A path that someone wrote into a settings file, without "./" and "//"; nullopt when it leads out of the folder.
std::optional<std::string> path_inside(std::string_view written);

// Whether loaders of models exist for its format.
bool is_model_file(const FileInspection& file);

}  // namespace mlops::formats
