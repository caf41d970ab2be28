#include "folder/folder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "format_table.hpp"
#include "json/lenient_json.hpp"
#include "yaml/yaml.hpp"

namespace mlops::formats {

Folder Folder::at(std::string_view relative) const {
  const auto inside = path_inside(relative);
  Folder result{set_, {}};
  if (!inside) return result;
  result.prefix_ = inside->empty() ? prefix_ : fmt::format("{}{}/", prefix_, *inside);
  // A folder's files stand together in the order of paths.
  const auto first = std::ranges::lower_bound(files_, result.prefix_, {}, &FileInspection::path);
  const auto last = std::find_if_not(first, files_.end(),
                                     [&](const FileInspection& file) { return file.path.starts_with(result.prefix_); });
  result.files_ = {first, last};
  return result;
}

std::string_view Folder::relative(const FileInspection& file) const {
  return std::string_view{file.path}.substr(prefix_.size());
}

bool Folder::holds_directly(const FileInspection& file) const {
  return relative(file).find('/') == std::string_view::npos;
}

const FileInspection* Folder::find(std::string_view relative) const {
  const std::string path = fmt::format("{}{}", prefix_, relative);
  const auto at = std::ranges::lower_bound(files_, path, {}, &FileInspection::path);
  return at != files_.end() && at->path == path ? &*at : nullptr;
}

std::optional<std::string> Folder::text(std::string_view relative, std::uint64_t most) const {
  const SetFile* const file = set_.find(fmt::format("{}{}", prefix_, relative));
  if (file == nullptr) return std::nullopt;
  const auto source = set_.open(*file);
  if (source->size() > most) return std::nullopt;
  return read_bytes(*source, 0, static_cast<std::size_t>(most));
}

std::optional<Json> Folder::json_object(std::string_view relative, domain::Inspection& whole) const {
  return object_in(relative, whole, &parse_python_json);
}

std::optional<Json> Folder::yaml_mapping(std::string_view relative, domain::Inspection& whole) const {
  return object_in(relative, whole, &parse_yaml);
}

std::optional<Json> Folder::object_in(std::string_view relative, domain::Inspection& whole,
                                      Json (*parse)(std::string_view, std::string_view)) const {
  if (find(relative) == nullptr) return std::nullopt;
  const std::string path = prefix_ + std::string{relative};
  const auto content = text(relative);
  if (!content) {
    whole.problems.push_back(fmt::format("{}: too large to be read", printable(path)));
    return std::nullopt;
  }
  try {
    Json json = parse(*content, printable(path));
    if (json.is_object()) return json;
    whole.problems.push_back(fmt::format("{}: holds no names and values", printable(path)));
  } catch (const Error& error) {
    whole.problems.push_back(error.message());
  }
  return std::nullopt;
}

std::optional<std::string> path_inside(std::string_view written) {
  if (written.starts_with('/') || written.find('\\') != std::string_view::npos) return std::nullopt;
  std::vector<std::string> parts;
  for (std::string& part : split(written, '/')) {
    if (part == "..") return std::nullopt;
    if (!part.empty() && part != ".") parts.push_back(std::move(part));
  }
  return join(parts, "/");
}

bool is_model_file(const FileInspection& file) {
  const auto rows = format_table();
  const auto row = std::ranges::find(rows, file.inspection.format, &FormatRow::name);
  return row != rows.end() && row->is_model;
}

}  // namespace mlops::formats
