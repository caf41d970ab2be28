#include <mlops/domain/files.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "case_fold.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::size_t longest_path = 1024;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string_view part_fault(std::string_view part) {
  if (part.empty()) return "it has an empty part between slashes";
  if (part == ".") return "it has a `.` part";
  if (part == "..") return "it has a `..` part, which leads outside";
  return "";
}

// The rule that a path breaks, "" for none.
std::string_view path_fault(std::string_view path) {
  if (path.empty()) return "it is empty";
  if (path.size() > longest_path) return "it is longer than 1024 bytes";
  if (path.front() == '/') return "it is absolute";
  if (path.find('\\') != std::string_view::npos) return "it has a backslash";
  if (std::ranges::any_of(path, is_control)) return "it has a control character";
  if (!is_valid_utf8(path)) return "it is not valid UTF-8";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (const auto fault = part_fault(path.substr(begin, end - begin)); !fault.empty()) return fault;
    begin = end + 1;
  }
  return "";
}

// What two paths have in common that a file system which ignores case would trip over.
std::string twin_fault(const std::string& first, const std::string& second) {
  if (first == second) return fmt::format("the file `{}` is given twice", shown(first));
  return fmt::format("the files `{}` and `{}` differ only in case, and can't both exist on every file system",
                     shown(first), shown(second));
}

// Folded paths, each with the file it came from.
using FoldedPaths = std::unordered_map<std::string, const FileEntry*>;

void refuse_folder_that_is_file(const FileEntry& file, const std::string& folded, const FoldedPaths& all) {
  for (std::size_t slash = folded.find('/'); slash != std::string::npos; slash = folded.find('/', slash + 1)) {
    const auto other = all.find(folded.substr(0, slash));
    if (other == all.end()) continue;
    throw Error{ErrorKind::usage, fmt::format("`{}` is a file, but `{}` needs it to be a folder",
                                              shown(other->second->path), shown(file.path))};
  }
}

}  // namespace

std::optional<References> references_of(const std::vector<FileEntry>& files) {
  References found;
  Json::Object places;
  for (const FileEntry& file : files) {
    if (file.uri.empty()) continue;
    ++found.count;
    found.bytes += file.size;
    places.emplace_back(file.path, Json{file.uri});
  }
  if (found.count == 0) return std::nullopt;
  found.digest = sha256(canonical(Json{std::move(places)}));
  return found;
}

std::string check_file_path(std::string_view path) {
  const std::string_view fault = path_fault(path);
  if (fault.empty()) return std::string{path};
  throw Error{ErrorKind::usage, fmt::format("`{}` can't be the path of a file in a version: {}", shown(path), fault)}
      .hint("a path is relative, with `/` between its parts");
}

std::vector<FileEntry> normalise_files(std::vector<FileEntry> files) {
  std::ranges::sort(files, {}, &FileEntry::path);
  FoldedPaths folded;
  folded.reserve(files.size());
  for (const FileEntry& file : files) {
    check_file_path(file.path);
    const auto [other, is_new] = folded.emplace(fold_case(file.path), &file);
    if (!is_new) throw Error{ErrorKind::usage, twin_fault(other->second->path, file.path)};
  }
  for (const auto& [path, file] : folded) refuse_folder_that_is_file(*file, path, folded);
  return files;
}

Digest dataset_digest(const std::vector<FileEntry>& files) {
  return files.size() == 1 ? files.front().digest : make_manifest(files, Content::dataset).digest;
}

}  // namespace mlops::domain
