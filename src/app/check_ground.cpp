#include "check_ground.hpp"

#include <system_error>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "lost_runs.hpp"

namespace mlops::app {

std::filesystem::path CheckGround::project() {
  if (!source_.commit) return workspace_.project();
  if (!worktree_) {
    git::Repository& repository = *workspace_.repository();
    prune_trees(workspace_);
    worktree_ = repository.add_worktree(*source_.commit, workspace_.context().temporary_directory);
  }
  const std::string prefix = workspace_.project_prefix();
  return prefix.empty() ? worktree_->path() : worktree_->path() / prefix;
}

std::filesystem::path CheckGround::data(const std::string& relative) {
  std::error_code ignored;
  const std::filesystem::path committed = project() / relative;
  return std::filesystem::exists(committed, ignored) ? committed : workspace_.project() / relative;
}

CapturedOutput run_gate_command(Workspace& workspace, CheckGround& ground, GateCommand command,
                                const domain::VersionId& version) {
  ProcessRequest request;
  request.argv = std::move(command.argv);
  request.directory = ground.project();
  request.environment = std::move(command.environment);
  request.environment.emplace_back("MLOPS_MODEL", version.model);
  request.environment.emplace_back("MLOPS_VERSION", std::to_string(version.number));
  request.timeout = command.timeout;
  request.should_stop = workspace.context().interrupted;
  CapturedOutput captured = capture_process(std::move(request));
  if (captured.result.stopped) {
    throw Error{ErrorKind::interrupted, fmt::format("interrupted in {}", command.name)};
  }
  return captured;
}

std::string last_lines(const CapturedOutput& captured) {
  constexpr std::size_t enough = 2000;
  const std::string_view text = trim(captured.err.empty() ? captured.out : captured.err);
  return std::string{text.size() > enough ? text.substr(text.size() - enough) : text};
}

}  // namespace mlops::app
