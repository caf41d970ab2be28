#include <mlops/app/waive.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

using domain::GateQuestion;
using domain::Waiver;

struct Demand {
  std::string stage;
  GateQuestion question;
};

bool is_named(const GateQuestion& question, std::string_view name) {
  return question.check == name || (!question.condition.empty() && question.condition == name);
}

// What the gates ask a model: of all stages, or of one.
std::vector<Demand> demands_on(const domain::Policy& policy, const std::string& model,
                               const std::optional<std::string>& stage) {
  std::vector<Demand> demands;
  for (const std::string& name : policy.stages) {
    if (stage && *stage != name) continue;
    for (GateQuestion& question : domain::questions_of(policy.gate(model, name))) {
      demands.push_back({name, std::move(question)});
    }
  }
  return demands;
}

Error asked_by_nobody(const domain::Policy& policy, const std::string& model, const WaiveRequest& request,
                      const std::vector<Demand>& demands) {
  for (const std::string& stage : policy.stages) {
    for (const GateQuestion& question : domain::questions_of(policy.gate(model, stage).warn)) {
      if (!is_named(question, request.check) || stage != request.stage.value_or(stage)) continue;
      return {ErrorKind::usage, fmt::format("`{}` is a mere warning of the gate of {}: no version is refused for it",
                                            printable(request.check), stage)};
    }
  }
  const std::string who = request.stage ? fmt::format("the gate of {} does not ask", *request.stage) : "no gate asks";
  Error error{ErrorKind::not_found, fmt::format("{} {} for `{}`", who, model, printable(request.check))};
  std::vector<std::string> known;
  for (const Demand& demand : demands) {
    const bool is_new = std::ranges::find(known, demand.question.check) == known.end();
    if (is_new && !domain::why_never_waived(demand.question.check)) known.push_back(demand.question.check);
  }
  if (const auto near = near_miss(request.check, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  if (!known.empty()) error.add_hint(fmt::format("what may be waived: {}", join(known, ", ")));
  return error;
}

// The one demand that is meant. A waiver is for one gate and one condition, so that it never lets in more than was
// meant.
Demand find_demand(const domain::Policy& policy, const std::string& model, const WaiveRequest& request) {
  if (const auto why = domain::why_never_waived(request.check)) {
    throw Error{ErrorKind::refused, fmt::format("`{}` can't be waived: {}", request.check, *why)};
  }
  const std::vector<Demand> demands = demands_on(policy, model, request.stage);
  std::vector<Demand> meant;
  std::ranges::copy_if(demands, std::back_inserter(meant),
                       [&](const Demand& demand) { return is_named(demand.question, request.check); });
  if (meant.empty()) throw asked_by_nobody(policy, model, request, demands);
  if (meant.size() == 1) return meant.front();
  Error error{ErrorKind::usage, fmt::format("`{}` is asked more than once: say which is meant", request.check)};
  for (const Demand& demand : meant) {
    const bool by_condition = std::ranges::count(meant, demand.stage, &Demand::stage) > 1;
    error.add_hint(fmt::format("`mlops waive {} '{}' --to {}`", printable(request.reference),
                               by_condition ? demand.question.condition : demand.question.check, demand.stage));
  }
  throw error;
}

void refuse_forbidden(const domain::Gate& gate, const std::string& check) {
  if (!gate.waivers) {
    throw Error{ErrorKind::refused,
                fmt::format("the gate of {} allows no waivers", gate.stage),
                {"mlops.toml says so: `waivers = false`"}};
  }
  if (std::ranges::find(gate.never_waived, check) == gate.never_waived.end()) return;
  throw Error{ErrorKind::refused,
              fmt::format("the gate of {} lets nobody waive {}", gate.stage, check),
              {"mlops.toml says so: `never_waived`"}};
}

Timestamp read_until(const std::string& text, Timestamp now) {
  const std::vector<std::string> hints = {
      "write a date (2026-12-31, which is included), a time (2026-12-31T09:30:00Z) or a span from now (14d)"};
  if (text.empty()) throw Error{ErrorKind::usage, "missing `--until DATE`: no waiver is for ever", hints};
  auto until = parse_time(text, now);
  if (!until) throw Error{ErrorKind::usage, fmt::format("`--until {}` is not a time", printable(text)), hints};
  // A span is read as one that lies behind us, and meant as one before us.
  const bool is_span = text.find('-') == std::string::npos;
  if (is_span && __builtin_sub_overflow(now.milliseconds, until->milliseconds, &until->milliseconds)) {
    throw Error{ErrorKind::usage, fmt::format("`--until {}` is not a time", printable(text)), hints};
  }
  if (is_span) until->milliseconds += now.milliseconds;
  if (*until > now) return *until;
  throw Error{ErrorKind::usage, fmt::format("`--until {}` is over already", printable(text)), hints};
}

void warn_of_own_word(Workspace& workspace, const domain::Gate& gate, const domain::Version& version) {
  if (gate.self_approval) return;
  const std::string id = version.id.text();
  const bool is_own = workspace.origin().actor == version.registered_by;
  workspace.context().warn(
      is_own ? fmt::format("{} was registered by you: the gate of {} doesn't count your own waiver", id, gate.stage)
             : fmt::format("the gate of {} doesn't count your waiver when it is you who promotes {}", gate.stage, id));
}

WaiversOutcome give(Workspace& workspace, const WaiveRequest& request) {
  const PolicySource source = gate_policy(workspace);
  if (request.stage) require_stage(source.policy, *request.stage);
  if (trim(request.reason).empty()) {
    throw Error{ErrorKind::usage, "a waiver needs a reason", {"give it with `-m REASON`"}};
  }
  const Timestamp until = read_until(request.until, workspace.now());
  WaiversOutcome outcome;
  domain::Version version;
  {
    const auto view = workspace.read();
    outcome.version = resolve_explicit(*view, request.reference);
    version = load(*view, outcome.version);
    outcome.waivers = view->waivers(outcome.version, "");
  }
  const Demand demand = find_demand(source.policy, version.id.model, request);
  const domain::Gate gate = source.policy.gate(version.id.model, demand.stage);
  refuse_forbidden(gate, demand.question.check);
  Waiver waiver{.id = 0,
                .version = version.id,
                .stage = demand.stage,
                .check = demand.question.check,
                .condition = demand.question.condition,
                .reason = request.reason,
                .until = until,
                .at = workspace.now(),
                .by = workspace.origin().actor};
  warn_of_own_word(workspace, gate, version);
  if (!request.dry_run) {
    const auto transaction = workspace.write();
    waiver = transaction->add_waiver(waiver);
    transaction->commit();
  }
  outcome.waivers.push_back(waiver);
  outcome.given = waiver;
  return outcome;
}

// By the records and not by the policy, which may ask something else by now.
bool is_meant(const Waiver& waiver, const WaiveRequest& request) {
  return !waiver.withdrawn && (!request.stage || *request.stage == waiver.stage) &&
         is_named({waiver.check, waiver.condition}, request.check);
}

Error nothing_to_withdraw(const WaiversOutcome& outcome, const WaiveRequest& request) {
  std::vector<std::string> known;
  for (const Waiver& waiver : outcome.waivers) {
    if (!waiver.withdrawn && std::ranges::find(known, waiver.check) == known.end()) known.push_back(waiver.check);
  }
  const std::string stage = request.stage ? fmt::format(" for {}", printable(*request.stage)) : "";
  Error error{ErrorKind::not_found, fmt::format("no waiver of `{}`{} stands for {}", printable(request.check), stage,
                                                outcome.version.text())};
  if (const auto near = near_miss(request.check, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("`mlops waivers {}` lists them", outcome.version.text()));
  return error;
}

WaiversOutcome withdraw(Workspace& workspace, const WaiveRequest& request) {
  WaiversOutcome outcome;
  {
    const auto view = workspace.read();
    outcome.version = resolve_explicit(*view, request.reference);
    outcome.waivers = view->waivers(outcome.version, "");
  }
  for (const Waiver& waiver : outcome.waivers) {
    if (is_meant(waiver, request)) outcome.withdrawn.push_back(waiver);
  }
  if (outcome.withdrawn.empty()) throw nothing_to_withdraw(outcome, request);
  if (request.dry_run) return outcome;
  const auto transaction = workspace.write();
  for (Waiver& waiver : outcome.withdrawn) waiver = transaction->withdraw_waiver(waiver.id, request.reason);
  outcome.waivers = transaction->view().waivers(outcome.version, "");
  transaction->commit();
  return outcome;
}

}  // namespace

WaiversOutcome waive(Workspace& workspace, const WaiveRequest& request) {
  return request.undo ? withdraw(workspace, request) : give(workspace, request);
}

WaiversOutcome list_waivers(Workspace& workspace, const std::string& reference) {
  const auto view = workspace.read();
  WaiversOutcome outcome;
  outcome.version = resolve_ever(*view, reference);
  outcome.waivers = view->waivers(outcome.version, "");
  return outcome;
}

}  // namespace mlops::app
