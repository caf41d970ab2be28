#include "stages/code.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <span>

#include <fmt/core.h>

#include <mlops/domain/policy.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t bytes_at_once = std::size_t{1} << 18;
constexpr std::string_view policy_file = "mlops.toml";

std::string normal_path(std::string_view path) {
  return std::string{path.ends_with('/') ? path.substr(0, path.size() - 1) : path};
}

Digest code_digest(const fs::path& file) {
  const FileDescriptor from{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!from.valid()) throw system_error("can't read", file.string(), errno);
  Sha256 hash;
  std::vector<std::byte> buffer(bytes_at_once);
  for (std::uint64_t offset = 0;;) {
    const std::size_t count = read_at(from.get(), offset, buffer, file);
    if (count == 0) return hash.finish();
    hash.update(std::span<const std::byte>{buffer}.first(count));
    offset += count;
  }
}

// One line of the list whose digest stands for a folder. A link is known by where it leads to.
std::string entry_text(const fs::path& file, const std::string& path) {
  if (fs::is_symlink(file)) return fmt::format("l {} {}\n", sha256(fs::read_symlink(file).string()).hex(), path);
  const bool may_run = (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
  return fmt::format("{} {} {}\n", may_run ? 'x' : '-', code_digest(file).hex(), path);
}

class CodeTree {
 public:
  CodeTree(const domain::Execution& execution, fs::path project) : project_{std::move(project)} {
    for (const auto& [role, path] : execution.inputs) left_out_.insert(normal_path(path));
    for (const domain::StageRun& stage : execution.stages) {
      for (const auto& [name, path] : stage.writes) left_out_.insert(normal_path(path));
      if (stage.metrics_file) left_out_.insert(*stage.metrics_file);
    }
  }

  [[nodiscard]] std::string whole() {
    if (whole_.empty()) whole_ = below("", {std::string{policy_file}}).text();
    return whole_;
  }

  [[nodiscard]] std::string at(const std::string& path, const std::string& stage) const {
    const fs::path file = project_ / normal_path(path);
    const fs::file_status status = fs::symlink_status(file);
    if (!fs::exists(status)) {
      throw Error{ErrorKind::not_found,
                  fmt::format("`{}`, which the stage `{}` names as its code, is not in the commit", path, stage),
                  {"`code` lists files and folders, relative to the project"}};
    }
    if (fs::is_directory(status)) return below(normal_path(path), {}).text();
    return sha256(entry_text(file, normal_path(path))).text();
  }

 private:
  [[nodiscard]] Digest below(const std::string& folder, std::set<std::string> left_out) const {
    left_out.insert(left_out_.begin(), left_out_.end());
    std::vector<std::string> lines;
    auto entry = fs::recursive_directory_iterator{project_ / folder};
    for (; entry != fs::recursive_directory_iterator{}; ++entry) {
      const std::string path = entry->path().lexically_relative(project_).generic_string();
      if (entry->path().filename() == ".git" || left_out.contains(path)) {
        entry.disable_recursion_pending();
      } else if (entry->is_symlink() || entry->is_regular_file()) {
        lines.push_back(entry_text(entry->path(), path));
      }
    }
    std::ranges::sort(lines);
    Sha256 hash;
    for (const std::string& line : lines) hash.update(line);
    return hash.finish();
  }

  fs::path project_;
  std::set<std::string> left_out_;
  std::string whole_;  // "" until it is asked for
};

}  // namespace

void note_stage_code(domain::Execution& execution, const fs::path& project) {
  CodeTree tree{execution, project};
  for (domain::StageRun& stage : execution.stages) {
    if (stage.is_done()) continue;
    stage.depends.clear();
    if (!stage.code) {
      stage.depends["code"] = tree.whole();
      continue;
    }
    for (const std::string& path : *stage.code) stage.depends["code " + path] = tree.at(path, stage.name);
  }
}

}  // namespace mlops::app
