// What a hook is told of an event.
#include <array>

#include <fmt/format.h>

#include <mlops/domain/hook.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/signing.hpp>

namespace mlops::domain {
namespace {

constexpr std::size_t largest_body = 256u << 10;
constexpr std::size_t id_digits = 32;
constexpr std::size_t least_secret = 24;
constexpr std::size_t largest_secret = 64;

std::string word_at(const Json& state, std::string_view key) {
  const Json* const value = state.find(key);
  return value != nullptr && value->is_string() ? value->as_string() : std::string{};
}

// "Ada", of "Ada <ada@example.org>".
std::string short_name(const std::string& actor) {
  const std::size_t end = actor.find(" <");
  return end == 0 ? actor : actor.substr(0, end);
}

// The same event always has the same one; each hook has its own, for one receiver may be behind several.
std::string id_of(const Event& event, std::string_view hook) {
  const std::string leaf = sha256(canonical_event(event)).hex();
  return "evt_" + sha256(fmt::format("{}\n{}", leaf, hook)).hex().substr(0, id_digits);
}

std::string sentence(const HookMessage& message, HookEvent kind, const Event& event) {
  const std::string by = short_name(event.origin.actor);
  switch (kind) {
    case HookEvent::registered:
      return fmt::format("{} was registered by {}", message.version, by);
    case HookEvent::validated:
      return fmt::format("{} passed the gate of {}, asked by {}", message.version, message.stage, by);
    case HookEvent::refused:
      return fmt::format("{} did not pass the gate of {}, asked by {}", message.version, message.stage, by);
    case HookEvent::promoted:
      return fmt::format("{} was promoted to {} by {}", message.version, message.stage, by);
    case HookEvent::rolled_back:
      return fmt::format("{} of {} was rolled back to {} by {}", message.stage, message.model, message.version, by);
    case HookEvent::drifted:
      return fmt::format("the data that {} gets has drifted", message.version);
    case HookEvent::retrained:
      return word_at(event.after, "status") == "succeeded"
                 ? fmt::format("a training of {} succeeded, started by {}", message.model, by)
                 : fmt::format("a training of {} did not succeed, started by {}", message.model, by);
  }
  return "";
}

Json nullable(const std::string& text) { return text.empty() ? Json{} : Json{text}; }

Json body_of(const HookMessage& message, std::string_view type, const Event& event, bool with_states) {
  return Json::object({{"type", type},
                       {"timestamp", rfc3339(event.at)},
                       {"text", message.text},
                       {"data", Json::object({{"model", nullable(message.model)},
                                              {"version", nullable(message.version)},
                                              {"stage", nullable(message.stage)},
                                              {"sequence", event.sequence},
                                              {"kind", event.kind},
                                              {"subject", event.subject},
                                              {"actor", event.origin.actor},
                                              {"host", event.origin.host},
                                              {"command", event.origin.command},
                                              {"ci_url", event.origin.ci_url},
                                              {"before", with_states ? event.before : Json{}},
                                              {"after", with_states ? event.after : Json{}},
                                              {"shortened", !with_states}})}});
}

}  // namespace

HookMessage message_of(const Event& event, HookEvent kind, std::string_view hook) {
  HookMessage message;
  message.id = id_of(event, hook);
  message.version = word_at(event.after, "version");
  message.model = word_at(event.after, "model");
  if (message.model.empty()) message.model = message.version.substr(0, message.version.find('@'));
  message.stage = word_at(event.after, "stage");
  message.text = sentence(message, kind, event);
  message.body = to_line(body_of(message, name_of(kind), event, true));
  if (message.body.size() > largest_body) message.body = to_line(body_of(message, name_of(kind), event, false));
  return message;
}

HookMessage test_message(const Origin& origin, Timestamp at, std::string_view hook) {
  Event event;
  event.at = at;
  event.origin = origin;
  event.kind = "hook.tested";
  event.subject = fmt::format("hook/{}", hook);
  HookMessage message;
  message.id = id_of(event, hook);
  message.text = fmt::format("a test of the hook {} by {}", hook, short_name(origin.actor));
  message.body = to_line(body_of(message, "test", event, true));
  return message;
}

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t seconds,
                              std::string_view body) {
  constexpr std::string_view prefix = "whsec_";
  const auto key = from_base64(secret.starts_with(prefix) ? secret.substr(prefix.size()) : secret);
  if (!key || key->size() < least_secret || key->size() > largest_secret) {
    throw Error{ErrorKind::usage,
                fmt::format("it is not `whsec_` and {} to {} bytes in base64", least_secret, largest_secret),
                {"`openssl rand -base64 32` makes one"}};
  }
  const Digest signature = hmac_sha256(*key, fmt::format("{}.{}.{}", id, seconds, body));
  return "v1," + to_base64({reinterpret_cast<const char*>(signature.bytes().data()), Digest::size});
}

}  // namespace mlops::domain
