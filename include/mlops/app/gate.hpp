// `validate`, `promote`, `rollback`, `approve`: who enters a stage, and on what evidence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/verdict.hpp>

namespace mlops::app {

struct ValidateRequest {
  std::string reference;
  std::optional<std::string> stage;  // every stage otherwise
  bool dry_run = false;              // asks, but stores nothing
};
struct ValidateOutcome {
  domain::VersionId version;
  std::vector<domain::Verdict> verdicts;  // in the order of the stages
  [[nodiscard]] bool passed() const;
};
ValidateOutcome validate(Workspace& workspace, const ValidateRequest& request);

struct PromoteRequest {
  std::string reference;
  std::string stage;
  std::optional<std::string> expect;  // the reference that must hold the stage now, or "none"
  std::string message;
  bool dry_run = false;
};
enum class PromoteResult { promoted, already_there, refused };
struct PromoteOutcome {
  PromoteResult result = PromoteResult::refused;
  domain::VersionId version;
  std::string stage;
  std::optional<std::int64_t> previous;   // the holder before
  domain::Verdict verdict;                // without evidence when already_there
  std::optional<std::string> next_stage;  // after this one in the policy's order
  bool dry_run = false;
};
PromoteOutcome promote(Workspace& workspace, const PromoteRequest& request);

struct RollbackRequest {
  std::string model;
  std::string stage;
  std::optional<std::string> to;  // a former holder; the one before the present otherwise
  std::string message;
  bool dry_run = false;
};
struct RollbackOutcome {
  std::string model;
  std::string stage;
  std::int64_t from = 0;
  std::int64_t to = 0;
  bool dry_run = false;
};
RollbackOutcome rollback(Workspace& workspace, const RollbackRequest& request);

struct ApproveRequest {
  std::string reference;
  std::string stage;
  bool reject = false;
  std::string reason;
  bool dry_run = false;
};
struct ApprovalsOutcome {
  domain::VersionId version;
  std::vector<domain::Approval> approvals;                   // oldest first
  std::optional<domain::Approval> given;                     // by this command
  std::vector<std::pair<std::string, std::int64_t>> needed;  // by stage, where the gate wants any
};
ApprovalsOutcome approve(Workspace& workspace, const ApproveRequest& request);
ApprovalsOutcome list_approvals(Workspace& workspace, const std::string& reference);

}  // namespace mlops::app
