// `audit`: the log of every change, and the proof that nobody edited it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/event.hpp>

namespace mlops::app {

struct AuditLogRequest {
  std::optional<std::string> model;
  std::optional<std::string> actor;
  std::optional<std::string> kind;
  std::optional<std::string> since;  // times as parse_time reads them
  std::optional<std::string> until;
};
// Calls `visit` for each event that matches, oldest first, without holding them all in memory.
void audit_log(Workspace& workspace, const AuditLogRequest& request,
               const std::function<void(const domain::Event&)>& visit);

struct AuditProblem {
  std::optional<std::uint64_t> event;  // the first event at fault, when one can be named
  std::string subject;                 // what is wrong, "" for the log as a whole
  std::string message;
};
struct AuditVerifyOutcome {
  std::uint64_t events = 0;
  std::uint64_t subjects = 0;
  Digest root;
  std::vector<AuditProblem> problems;  // ordered by event; at most 100
};
// Checks every event's hash and order, the Merkle root, that each event begins where the one before it on the same
// subject ended, and that the present state is what the events lead to.
AuditVerifyOutcome verify_audit(Workspace& workspace);

}  // namespace mlops::app
