// Hooks: who is told of events, and how that went.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/hook.hpp>

namespace mlops::app {

struct HookStanding {
  domain::Hook hook;
  std::size_t pending = 0;
  std::size_t given_up = 0;
};
struct HooksOutcome {
  std::vector<HookStanding> hooks;             // by name
  std::map<std::string, std::size_t> orphans;  // deliveries that wait for hooks which the policy has no longer
  std::optional<std::string> notice;           // what the person should know about the policy
};
HooksOutcome list_hooks(Workspace& workspace);

struct HookLogRequest {
  std::optional<std::string> hook;
  bool failed = false;  // only what has not arrived
  std::size_t limit = 50;
};
std::vector<domain::HookDelivery> hook_log(Workspace& workspace, const HookLogRequest& request);  // newest first

struct DeliverOutcome {
  std::vector<domain::HookDelivery> deliveries;  // that were tried, or would be
  std::size_t waiting = 0;                       // that are not due yet, or being sent by somebody else
  std::size_t unknown = 0;                       // whose hook is none of this policy
  [[nodiscard]] bool all_arrived() const;
};
// All that are due, each tried once. Safe to run twice at once: each is sent by one of them.
DeliverOutcome deliver_hooks(Workspace& workspace, bool dry_run);

struct RedeliverRequest {
  std::optional<std::int64_t> delivery;
  bool failed = false;  // all that were given up or wait for another try
  bool dry_run = false;
};
// Also what has arrived before, and what was given up; they have a day again.
DeliverOutcome redeliver_hooks(Workspace& workspace, const RedeliverRequest& request);

struct HookTestOutcome {
  std::string hook;
  std::string id;  // of the message
  domain::HookAnswer answer;
};
// Sends an event of type `test`, which is recorded nowhere.
HookTestOutcome test_hook(Workspace& workspace, const std::string& name);

// What the command that was just done left to be told, within seconds. Never throws: what does not arrive is a warning,
// and is tried again later.
void tell_hooks(const Context& context);

}  // namespace mlops::app
