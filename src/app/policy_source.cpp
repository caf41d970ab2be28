#include "policy_source.hpp"

#include <fmt/core.h>

#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_policy = 4u << 20;

std::optional<std::string> read_policy_file(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  return read_file(file, largest_policy);
}

std::string policy_path(Workspace& workspace) {
  const std::string prefix = workspace.project_prefix();
  return prefix.empty() ? "mlops.toml" : prefix + "/mlops.toml";
}

PolicySource outside_git(Workspace& workspace) {
  const fs::path file = workspace.project() / "mlops.toml";
  const auto text = read_policy_file(file);
  if (!text) return {.policy = {}, .blob = "", .source = "built-in", .commit = std::nullopt, .notice = std::nullopt};
  return {.policy = domain::parse_policy(*text, "mlops.toml"),
          .blob = sha256(*text).text(),
          .source = "file",
          .commit = std::nullopt,
          .notice = std::nullopt};
}

std::optional<std::string> notice_of_difference(Workspace& workspace, const PolicySource& used) {
  const auto text = read_policy_file(workspace.project() / "mlops.toml");
  if (!text) return std::nullopt;
  if (used.blob.empty()) {
    return fmt::format("mlops.toml is not committed, so it is not used: the gates are {}", used.source);
  }
  if (workspace.repository()->blob_id(*text) == used.blob) return std::nullopt;
  return fmt::format("your mlops.toml differs from the one that counts: the gates are read from {}", used.source);
}

// A mistake that is mended already is of no use before the file is committed.
bool is_changed(Workspace& workspace, const std::string& commit) {
  const auto text = read_policy_file(workspace.project() / "mlops.toml");
  const auto blob = workspace.repository()->blob_at(commit, policy_path(workspace));
  return text && blob && *text != blob->content;
}

PolicySource valid_policy_at(Workspace& workspace, const std::string& commit) {
  try {
    return policy_at(workspace, commit);
  } catch (Error& error) {
    if (is_changed(workspace, commit)) {
      error.add_hint("your mlops.toml differs from this one: commit it, once `mlops config check` finds nothing");
    }
    throw;
  }
}

}  // namespace

std::string short_commit(std::string_view commit) { return std::string{commit.substr(0, 7)}; }

PolicySource policy_at(Workspace& workspace, const std::string& commit) {
  const auto blob = workspace.repository()->blob_at(commit, policy_path(workspace));
  if (!blob) {
    return {.policy = {},
            .blob = "",
            .source = fmt::format("built-in, as commit {} has no mlops.toml", short_commit(commit)),
            .commit = commit,
            .notice = std::nullopt};
  }
  return {.policy = domain::parse_policy(blob->content, fmt::format("mlops.toml at {}", short_commit(commit))),
          .blob = blob->id,
          .source = fmt::format("commit {}", commit),
          .commit = commit,
          .notice = std::nullopt};
}

PolicySource gate_policy(Workspace& workspace) {
  git::Repository* repository = workspace.repository();
  const Setting& pinned = workspace.context().settings.get("policy.ref");
  if (!repository) {
    if (!pinned.value.empty()) {
      throw Error{ErrorKind::failed, fmt::format("`policy.ref` is `{}` ({}), but {} is not in a git repository",
                                                 pinned.value, pinned.origin, workspace.project().string())};
    }
    return outside_git(workspace);
  }
  const std::string ref = pinned.value.empty() ? "HEAD" : pinned.value;
  const auto commit = repository->resolve(ref);
  if (!commit && !pinned.value.empty()) {
    throw Error{ErrorKind::not_found,
                fmt::format("`policy.ref` is `{}` ({}), which git doesn't know", ref, pinned.origin),
                {"`mlops config set policy.ref BRANCH` names another one"}};
  }
  PolicySource used;
  if (commit) {
    used = valid_policy_at(workspace, *commit);
    if (!pinned.value.empty() && !used.blob.empty()) used.source = fmt::format("{} at {}", ref, *commit);
  } else {
    used.source = "built-in, as there is no commit yet";
  }
  used.notice = notice_of_difference(workspace, used);
  return used;
}

bool policy_has_word(Workspace& workspace, std::string_view word) {
  std::optional<std::string> text;
  if (git::Repository* const repository = workspace.repository()) {
    const Setting& pinned = workspace.context().settings.get("policy.ref");
    const auto commit = repository->resolve(pinned.value.empty() ? "HEAD" : pinned.value);
    if (!commit) return false;
    if (auto blob = repository->blob_at(*commit, policy_path(workspace))) text = std::move(blob->content);
  } else {
    text = read_policy_file(workspace.project() / "mlops.toml");
  }
  return text && text->find(word) != std::string::npos;
}

void require_stage(const domain::Policy& policy, std::string_view stage) {
  if (policy.has_stage(stage)) return;
  Error error{ErrorKind::not_found, fmt::format("no stage `{}`", printable(stage))};
  if (const auto near = near_miss(stage, policy.stages)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("stages: {}", join(policy.stages, ", ")));
  throw error;
}

}  // namespace mlops::app
