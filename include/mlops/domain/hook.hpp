// Hooks: commands and webhooks of a team that are told of events, and what became of telling them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/event.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

// What a hook can be told of. Each event of the audit log is one of these or none.
enum class HookEvent { registered, validated, refused, promoted, rolled_back, drifted, retrained };
std::string_view name_of(HookEvent event);
std::optional<HookEvent> parse_hook_event(std::string_view name);
std::vector<std::string> hook_event_names();

std::optional<HookEvent> hook_event_of(const Event& event);

// [hooks.NAME]: either a command or a URL.
struct Hook {
  std::string name;
  std::vector<HookEvent> on;
  std::vector<std::string> command;
  std::string url;             // "" when it is in a variable of the environment
  std::string url_from;        // the name of that variable
  std::string secret;          // the name of the variable that the webhook is signed with; "" for unsigned ones
  bool allow_private = false;  // whether the webhook may go to an address that is not public, and without TLS
  [[nodiscard]] bool is_webhook() const { return command.empty(); }
};

// Why a webhook can't go there; never with the URL itself in it.
std::optional<std::string> fault_of_hook_url(std::string_view url, bool allow_private);

enum class DeliveryState { pending, delivered, given_up };
std::string_view name_of(DeliveryState state);
DeliveryState parse_delivery_state(std::string_view text);

// One event sent to one hook, until it has arrived.
struct HookDelivery {
  std::int64_t id = 0;
  std::string hook;
  std::uint64_t sequence = 0;  // of the event
  HookEvent event = HookEvent::registered;
  DeliveryState state = DeliveryState::pending;
  std::int64_t attempts = 0;
  std::optional<int> answer;          // the last status of HTTP, or exit code of the command
  std::string error;                  // why the last attempt failed, "" otherwise
  Timestamp since;                    // when it was first to be sent, or asked to be sent again
  std::optional<Timestamp> next_try;  // nullopt when there is none
  std::optional<Timestamp> tried_at;
  std::string claimed_by;  // the mark of the process that is sending it now; "" for nobody
  friend bool operator==(const HookDelivery&, const HookDelivery&) = default;
};
Json to_json(const HookDelivery& delivery);

// What came of an attempt.
struct HookAnswer {
  bool arrived = false;
  bool is_final = false;  // the receiver wants no more of it
  std::optional<int> code;
  std::string error;
};
// The delivery after an attempt at `now`: failed ones are tried again after 30 s, 1 min, 2 min … 4 h, and given up
// when a day is over.
HookDelivery after_attempt(HookDelivery delivery, const HookAnswer& answer, Timestamp now);
// Whether it is to be sent now. A clock that went back makes nobody wait for longer than the longest pause.
bool is_due(const HookDelivery& delivery, Timestamp now);

// What a receiver gets. The same event gives the same bytes and id each time.
struct HookMessage {
  std::string id;    // the receiver may know by it that it has this one already
  std::string body;  // JSON, at most 256 KiB: without the states before and after where it would be more
  std::string text;  // one sentence for people
  std::string model, version, stage;  // "" where the event has none
};
HookMessage message_of(const Event& event, HookEvent kind, std::string_view hook);
// Of type `test`, about no event.
HookMessage test_message(const Origin& origin, Timestamp at, std::string_view hook);

// "v1,<base64>" as Standard Webhooks has it: HMAC-SHA256 over "ID.SECONDS.BODY". The secret is "whsec_" and base64, or
// base64 alone, of 24 to 64 bytes; Error{usage}, which never shows it, for another one.
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t seconds,
                              std::string_view body);

}  // namespace mlops::domain
