#include <algorithm>

#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

using domain::Waiver;
using domain::WaiverState;

// Why a waiver counts for nothing; "" when it counts. Whoever registered the version or wants it in is as little a
// second pair of eyes here as with approvals.
std::string void_because(const Waiver& waiver, const domain::Gate& gate, const Facts& facts) {
  if (const auto never = domain::why_never_waived(waiver.check)) return *never;
  if (state_of(waiver, facts.now) == WaiverState::expired) {
    return fmt::format("it expired at {}", rfc3339(waiver.until));
  }
  if (!gate.waivers) return fmt::format("the gate of {} allows no waivers", gate.stage);
  if (std::ranges::find(gate.never_waived, waiver.check) != gate.never_waived.end()) {
    return fmt::format("the gate of {} lets nobody waive {}", gate.stage, waiver.check);
  }
  if (gate.self_approval) return "";
  if (waiver.by == facts.version.registered_by) return fmt::format("they registered {}", facts.version.id.text());
  if (waiver.by == facts.asked_by) return fmt::format("they ask for {} to enter", facts.version.id.text());
  return "";
}

bool is_about(const Waiver& waiver, const domain::Evidence& evidence) {
  return waiver.check == evidence.check && (waiver.condition.empty() || waiver.condition == evidence.wanted);
}

}  // namespace

void note_waiver(domain::Evidence& evidence, const domain::Gate& gate, const Facts& facts) {
  if (standing_of(evidence) != domain::Standing::refuses) return;
  // The newest one that counts, else the newest.
  for (const Waiver& waiver : facts.waivers) {
    if (!is_about(waiver, evidence) || state_of(waiver, facts.now) == WaiverState::withdrawn) continue;
    std::string fault = void_because(waiver, gate, facts);
    if (!fault.empty() && standing_of(evidence) == domain::Standing::waived) continue;
    evidence.waiver = {.id = waiver.id,
                       .by = waiver.by,
                       .reason = waiver.reason,
                       .until = waiver.until,
                       .void_because = std::move(fault)};
  }
}

}  // namespace mlops::checks
