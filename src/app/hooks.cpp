#include <mlops/app/hooks.hpp>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "hook_policy.hpp"
#include "hook_sending.hpp"
#include "policy_source.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_listed = 100'000;

}  // namespace

Hooks hooks_that_count(Workspace& workspace) {
  if (!policy_has_word(workspace, "hooks")) return {};
  return gate_policy(workspace).policy.hooks;
}

const domain::Hook& require_hook(const Hooks& hooks, const std::string& name) {
  if (const auto found = hooks.find(name); found != hooks.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [hook, ignored] : hooks) known.push_back(hook);
  Error error{ErrorKind::not_found, fmt::format("no hook `{}` in mlops.toml", printable(name))};
  if (const auto near = near_miss(name, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(known.empty() ? "a table [hooks.NAME] declares one" : fmt::format("hooks: {}", join(known, ", ")));
  throw error;
}

HooksOutcome list_hooks(Workspace& workspace) {
  const PolicySource source = gate_policy(workspace);
  HooksOutcome outcome;
  outcome.notice = source.notice;
  std::map<std::string, HookStanding> standings;
  for (const auto& [name, hook] : source.policy.hooks) standings[name].hook = hook;
  const auto view = workspace.read();
  for (const auto state : {domain::DeliveryState::pending, domain::DeliveryState::given_up}) {
    for (const auto& delivery : view->hook_deliveries({.state = state, .limit = most_listed})) {
      const auto known = standings.find(delivery.hook);
      const bool is_pending = state == domain::DeliveryState::pending;
      if (known != standings.end()) {
        ++(is_pending ? known->second.pending : known->second.given_up);
      } else if (is_pending) {
        ++outcome.orphans[delivery.hook];
      }
    }
  }
  for (auto& [name, standing] : standings) outcome.hooks.push_back(std::move(standing));
  return outcome;
}

std::vector<domain::HookDelivery> hook_log(Workspace& workspace, const HookLogRequest& request) {
  const auto view = workspace.read();
  auto found = view->hook_deliveries({.hook = request.hook, .newest_first = true, .limit = most_listed});
  if (found.empty() && request.hook) require_hook(hooks_that_count(workspace), *request.hook);
  if (request.failed) {
    std::erase_if(found, [](const auto& delivery) { return delivery.error.empty(); });
  }
  if (found.size() > request.limit) found.resize(request.limit);
  return found;
}

HookTestOutcome test_hook(Workspace& workspace, const std::string& name) {
  const Hooks hooks = hooks_that_count(workspace);
  const domain::Hook& hook = require_hook(hooks, name);
  const domain::HookMessage message = domain::test_message(workspace.origin(), workspace.now(), name);
  return {.hook = name,
          .id = message.id,
          .answer = send_to_hook(workspace.context(), workspace.project(), hook, "test", message)};
}

}  // namespace mlops::app
