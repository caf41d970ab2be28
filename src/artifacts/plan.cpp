// From the paths on a command line to the files of a version.
#include <algorithm>
#include <cerrno>
#include <tuple>

#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "in_quotes.hpp"
#include "unfinished_name.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

// What a repository and a registry keep about themselves is never part of a version.
bool is_housekeeping(std::string_view folder) {
  const std::string_view name = folder.substr(folder.rfind('/') + 1);
  return name == ".git" || name == ".mlops";
}

// "model" for `model/`, the folder's own name for `.`.
std::string own_name(const fs::path& path) {
  const fs::path full = fs::absolute(path).lexically_normal();
  return (full.has_filename() ? full : full.parent_path()).filename().string();
}

struct stat status_of(const fs::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT) throw Error{ErrorKind::not_found, in_quotes(path) + " does not exist"};
  throw system_error("can't read", path.string(), errno);
}

void add_folder(const fs::path& folder, const std::string& prefix, std::vector<PlannedFile>& files) {
  const std::size_t before = files.size();
  const auto listed = list_files(folder, is_housekeeping);
  for (const ListedFile& file : listed) {
    if (is_unfinished_name(file.absolute.filename().native())) continue;
    files.push_back({prefix + file.relative, file.absolute, file.state, file.executable});
  }
  if (files.size() == before) throw Error{ErrorKind::usage, in_quotes(folder) + " holds no files"};
}

void add_path(const fs::path& path, bool alone, std::vector<PlannedFile>& files) {
  const struct stat status = status_of(path);
  if (S_ISDIR(status.st_mode)) {
    add_folder(path, alone ? "" : own_name(path) + "/", files);
  } else if (S_ISREG(status.st_mode)) {
    files.push_back({own_name(path), path, file_state(status), (status.st_mode & S_IXUSR) != 0});
  } else {
    throw Error{ErrorKind::usage, in_quotes(path) + " is neither a file nor a folder"};
  }
}

void refuse_duplicates(const std::vector<PlannedFile>& sorted) {
  const auto same_path = [](const PlannedFile& a, const PlannedFile& b) { return a.path == b.path; };
  const auto twin = std::adjacent_find(sorted.begin(), sorted.end(), same_path);
  if (twin == sorted.end()) return;
  throw Error{ErrorKind::usage,
              in_quotes(twin->source) + " and " + in_quotes(std::next(twin)->source) + " would both be " +
                  in_quotes(twin->path) + " in the version",
              {"rename one of them, or give the folder that holds both"}};
}

// The rules for paths, before hours of reading are spent on files that can't be registered.
void check_paths(const std::vector<PlannedFile>& files) {
  std::vector<domain::FileEntry> entries;
  entries.reserve(files.size());
  for (const PlannedFile& file : files) {
    entries.push_back({file.path, Digest{}, file.state.size, file.executable});
  }
  static_cast<void>(domain::normalise_files(std::move(entries)));
}

}  // namespace

std::vector<PlannedFile> plan_files(const std::vector<fs::path>& paths) {
  std::vector<PlannedFile> files;
  for (const fs::path& path : paths) add_path(path, paths.size() == 1, files);
  std::ranges::sort(files, [](const PlannedFile& a, const PlannedFile& b) {
    return std::tie(a.path, a.source) < std::tie(b.path, b.source);
  });
  refuse_duplicates(files);
  check_paths(files);
  return files;
}

}  // namespace mlops::artifacts
