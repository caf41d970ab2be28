#include <mlops/app/checkout.hpp>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/glob.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::string folder_name(const domain::VersionId& id) {
  const auto slash = id.model.rfind('/');
  const std::string name = slash == std::string::npos ? id.model : id.model.substr(slash + 1);
  return fmt::format("{}@{}", name, id.number);
}

std::vector<std::string> paths_of(const std::vector<domain::FileEntry>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const auto& file : files) paths.push_back(file.path);
  return paths;
}

// "./parts/" and "parts" mean the same.
std::string_view trimmed_pattern(std::string_view pattern) {
  while (pattern.starts_with("./")) pattern.remove_prefix(2);
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  return pattern;
}

[[noreturn]] void throw_no_file(const domain::VersionId& version, const std::string& wanted,
                                std::vector<std::string> candidates) {
  Error error{ErrorKind::not_found, fmt::format("{} has no file `{}`", version.text(), printable(wanted))};
  if (const auto near = near_miss(trimmed_pattern(wanted), candidates)) {
    error.add_hint(fmt::format("did you mean `{}`?", printable(*near)));
  }
  error.add_hint(fmt::format("`mlops show {}` lists its files", version.text()));
  throw error;
}

// Files, and the folders that they are in.
std::vector<std::string> selectable(const std::vector<domain::FileEntry>& files) {
  std::set<std::string> names;
  for (const std::string& path : paths_of(files)) {
    names.insert(path);
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      names.insert(path.substr(0, slash));
    }
  }
  return {names.begin(), names.end()};
}

// The files that at least one pattern selects. Each pattern must select something: a mistyped one is no empty wish.
std::vector<domain::FileEntry> selected(const std::vector<domain::FileEntry>& files,
                                        const std::vector<std::string>& patterns, const domain::VersionId& version) {
  if (patterns.empty()) return files;
  std::vector<bool> is_selected(files.size());
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!glob_selects(trimmed_pattern(pattern), files[i].path)) continue;
      is_selected[i] = true;
      found = true;
    }
    if (!found) throw_no_file(version, pattern, selectable(files));
  }
  std::vector<domain::FileEntry> result;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (is_selected[i]) result.push_back(files[i]);
  }
  return result;
}

}  // namespace

CheckoutOutcome checkout(Workspace& workspace, const CheckoutRequest& request) {
  CheckoutOutcome outcome;
  std::vector<domain::FileEntry> files;
  {
    const auto view = workspace.read();
    outcome.version = resolve(*view, request.reference);
    files = selected(view->version_files(outcome.version), request.patterns, outcome.version);
  }
  outcome.files = files.size();
  outcome.directory = workspace.absolute(request.directory.value_or(folder_name(outcome.version)));
  if (std::error_code ignored;
      fs::exists(outcome.directory, ignored) && !fs::is_directory(outcome.directory, ignored)) {
    throw Error{ErrorKind::conflict, fmt::format("`{}` is a file, not a folder", outcome.directory.string())};
  }
  const artifacts::CheckoutOptions options{
      .force = request.force, .read_again = request.verify, .dry_run = request.dry_run, .cache = &workspace.digests()};
  outcome.result = artifacts::checkout_files(workspace.artifacts(), files, outcome.directory, options,
                                             workspace.progress(outcome.version.text()));
  return outcome;
}

void read_version_file(Workspace& workspace, const std::string& reference, const std::string& path,
                       const artifacts::ByteSink& take) {
  domain::VersionId version;
  std::vector<domain::FileEntry> files;
  {
    const auto view = workspace.read();
    version = resolve(*view, reference);
    files = view->version_files(version);
  }
  const auto file = std::ranges::find(files, trimmed_pattern(path), &domain::FileEntry::path);
  if (file == files.end()) throw_no_file(version, path, paths_of(files));
  const auto progress = workspace.context().progress(fmt::format("{} of {}", file->path, version.text()), file->size);
  artifacts::read_file(workspace.artifacts(), *file, take, progress);
}

}  // namespace mlops::app
