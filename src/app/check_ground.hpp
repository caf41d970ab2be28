// Where the commands of a gate run. Like the gate itself, their scripts come from the commit, so that a change nobody
// reviewed can't loosen them.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/support/process.hpp>

#include "policy_source.hpp"

namespace mlops::app {

// The work tree is made for the first command that needs it. Outside git it is the project as it is.
class CheckGround {
 public:
  CheckGround(Workspace& workspace, const PolicySource& source) : workspace_{workspace}, source_{source} {}

  std::filesystem::path project();
  // A file of data: in the commit if it is there, else in the folder. Data is seldom in git; its digest is part of the
  // evidence.
  std::filesystem::path data(const std::string& relative);

 private:
  Workspace& workspace_;
  const PolicySource& source_;
  std::unique_ptr<git::Worktree> worktree_;
};

// A command of a gate about the files of one version, which are checked out to `files`.
struct GateCommand {
  std::string name;  // for messages: "the check `smoke`"
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;
  std::chrono::seconds timeout{};
};

// Error{interrupted} when a person stopped it.
CapturedOutput run_gate_command(Workspace& workspace, CheckGround& ground, GateCommand command,
                                const domain::VersionId& version);

// The last lines of a command's output, where its complaint usually stands.
std::string last_lines(const CapturedOutput& captured);

}  // namespace mlops::app
