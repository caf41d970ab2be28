#include <mlops/domain/hook.hpp>

#include <algorithm>
#include <array>

#include <mlops/domain/execution.hpp>

#include "enum_names.hpp"

namespace mlops::domain {
namespace {

constexpr double drifted_share = 0.5;
constexpr std::int64_t second = 1000;
constexpr std::int64_t first_pause = 30 * second;
constexpr std::int64_t longest_pause = std::int64_t{4} * 3600 * second;
constexpr std::int64_t patience = std::int64_t{24} * 3600 * second;

constexpr EnumNames<HookEvent, 7> hook_events{{{HookEvent::registered, "registered"},
                                               {HookEvent::validated, "validated"},
                                               {HookEvent::refused, "refused"},
                                               {HookEvent::promoted, "promoted"},
                                               {HookEvent::rolled_back, "rolled_back"},
                                               {HookEvent::drifted, "drifted"},
                                               {HookEvent::retrained, "retrained"}}};

constexpr EnumNames<DeliveryState, 3> delivery_states{{{DeliveryState::pending, "pending"},
                                                       {DeliveryState::delivered, "delivered"},
                                                       {DeliveryState::given_up, "given_up"}}};

std::string text_at(const Json& state, std::string_view key) {
  const Json* const value = state.find(key);
  return value != nullptr && value->is_string() ? value->as_string() : std::string{};
}

// A training, and not one trial of many or a reproduction, which make nothing that would be used.
bool is_of_retraining(const Json& run) {
  const Json* const trial = run.find("trial");
  if (trial != nullptr && !trial->is_null()) return false;
  const Json* const execution = run.find("execution");
  const Json* const request = execution == nullptr ? nullptr : execution->find("request");
  return request != nullptr && request->is_object() && !text_at(run, "model").empty();
}

// As `dataset drift` judges data.
bool has_drifted(const Json& batch) {
  const Json* const share = batch.find("drift_share");
  return share != nullptr && share->is_number() && share->as_double() >= drifted_share;
}

std::int64_t pause_after(std::int64_t attempts) {
  std::int64_t pause = first_pause;
  for (std::int64_t i = 1; i < attempts && pause < longest_pause; ++i) pause *= 2;
  return std::min(pause, longest_pause);
}

}  // namespace

std::string_view name_of(HookEvent event) { return name_in(hook_events, event); }

std::optional<HookEvent> parse_hook_event(std::string_view name) {
  const auto known = std::ranges::find(hook_events, name, [](const auto& entry) { return entry.second; });
  if (known == hook_events.end()) return std::nullopt;
  return known->first;
}

std::vector<std::string> hook_event_names() {
  std::vector<std::string> names;
  for (const auto& [event, name] : hook_events) names.emplace_back(name);
  return names;
}

std::string_view name_of(DeliveryState state) { return name_in(delivery_states, state); }
DeliveryState parse_delivery_state(std::string_view text) {
  return value_in(delivery_states, text, "state of a delivery");
}

std::optional<HookEvent> hook_event_of(const Event& event) {
  if (event.kind == "version.registered") return HookEvent::registered;
  if (event.kind == "stage.promoted") return HookEvent::promoted;
  if (event.kind == "stage.rolled_back") return HookEvent::rolled_back;
  if (event.kind == "verdict.recorded") {
    return text_at(event.after, "result") == "passed" ? HookEvent::validated : HookEvent::refused;
  }
  if (event.kind == "monitor.batch_recorded" && has_drifted(event.after)) return HookEvent::drifted;
  if (event.kind == "run.finished" && is_of_retraining(event.after)) return HookEvent::retrained;
  return std::nullopt;
}

Json to_json(const HookDelivery& delivery) {
  const auto time_or_null = [](const std::optional<Timestamp>& at) { return at ? Json{rfc3339(*at)} : Json{}; };
  return Json::object({{"id", delivery.id},
                       {"hook", delivery.hook},
                       {"event", name_of(delivery.event)},
                       {"sequence", delivery.sequence},
                       {"state", name_of(delivery.state)},
                       {"attempts", delivery.attempts},
                       {"answer", delivery.answer},
                       {"error", delivery.error},
                       {"since", rfc3339(delivery.since)},
                       {"tried_at", time_or_null(delivery.tried_at)},
                       {"next_try", time_or_null(delivery.next_try)}});
}

HookDelivery after_attempt(HookDelivery delivery, const HookAnswer& answer, Timestamp now) {
  ++delivery.attempts;
  delivery.tried_at = now;
  delivery.answer = answer.code;
  delivery.error = answer.error;
  delivery.claimed_by.clear();
  delivery.next_try.reset();
  if (answer.arrived) {
    delivery.state = DeliveryState::delivered;
  } else if (answer.is_final || now.milliseconds - delivery.since.milliseconds >= patience) {
    delivery.state = DeliveryState::given_up;
  } else {
    delivery.next_try = Timestamp{now.milliseconds + pause_after(delivery.attempts)};
  }
  return delivery;
}

bool is_due(const HookDelivery& delivery, Timestamp now) {
  if (delivery.state != DeliveryState::pending) return false;
  if (!delivery.next_try || *delivery.next_try <= now) return true;
  return delivery.next_try->milliseconds > now.milliseconds + longest_pause;
}

}  // namespace mlops::domain
