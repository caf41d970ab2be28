#include <mlops/domain/hook.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

using namespace mlops;
using namespace mlops::domain;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t minute = 60'000;

Event event_of(const std::string& kind, Json after) {
  Event event;
  event.sequence = 12;
  event.at = Timestamp{1793523600000};
  event.origin = {.actor = "Ada <ada@example.org>", .host = "laptop", .command = "promote", .ci_url = {}};
  event.kind = kind;
  event.subject = "stage/churn@production";
  event.after = std::move(after);
  return event;
}

Event promotion() {
  return event_of("stage.promoted",
                  Json::object({{"model", "churn"}, {"stage", "production"}, {"version", "churn@7"}}));
}

std::string mistake_in(const std::string& hook) {
  try {
    parse_policy("[hooks.chat]\n" + hook, "mlops.toml");
  } catch (const Error& error) {
    return error.message() + "\n" + join(error.context(), "\n");
  }
  return "";
}

}  // namespace

TEST_CASE("events of the log are told under the names of hooks") {
  CHECK(hook_event_of(promotion()) == HookEvent::promoted);
  CHECK(hook_event_of(event_of("stage.rolled_back", {})) == HookEvent::rolled_back);
  CHECK(hook_event_of(event_of("version.registered", {})) == HookEvent::registered);
  CHECK(hook_event_of(event_of("verdict.recorded", Json::object({{"result", "passed"}}))) == HookEvent::validated);
  CHECK(hook_event_of(event_of("verdict.recorded", Json::object({{"result", "inconclusive"}}))) == HookEvent::refused);
  CHECK(hook_event_of(event_of("version.tagged", {})) == std::nullopt);
  const auto batch = [](Json share) {
    return event_of("monitor.batch_recorded",
                    Json::object({{"version", "churn@7"}, {"model", "churn"}, {"drift_share", std::move(share)}}));
  };
  CHECK(hook_event_of(batch(0.5)) == HookEvent::drifted);
  CHECK(hook_event_of(batch(0.49)) == std::nullopt);
  CHECK(hook_event_of(batch({})) == std::nullopt);
  CHECK(message_of(batch(1), HookEvent::drifted, "chat").text == "the data that churn@7 gets has drifted");
}

TEST_CASE("a run is told of when it was a training of its own") {
  const auto run = [](Json trial, Json request) {
    return event_of("run.finished", Json::object({{"model", "churn"},
                                                  {"trial", std::move(trial)},
                                                  {"status", "failed"},
                                                  {"execution", Json::object({{"request", std::move(request)}})}}));
  };
  CHECK(hook_event_of(run({}, Json::object())) == HookEvent::retrained);
  CHECK(hook_event_of(run({3}, Json::object())) == std::nullopt);
  CHECK(hook_event_of(run({}, {})) == std::nullopt);
  const HookMessage message = message_of(run({}, Json::object()), HookEvent::retrained, "chat");
  CHECK(message.text == "a training of churn did not succeed, started by Ada");
}

TEST_CASE("a message is the same each time, and another one for each hook") {
  const HookMessage message = message_of(promotion(), HookEvent::promoted, "chat");
  const HookMessage again = message_of(promotion(), HookEvent::promoted, "chat");
  CHECK(message.id == again.id);
  CHECK(message.body == again.body);
  CHECK(message.id != message_of(promotion(), HookEvent::promoted, "pager").id);
  CHECK(message.text == "churn@7 was promoted to production by Ada");
  const Json body = parse_json(message.body, "body");
  CHECK(body.at("type") == Json{"promoted"});
  CHECK(body.at("data").at("version") == Json{"churn@7"});
  CHECK(body.at("data").at("shortened") == Json{false});
}

TEST_CASE("a message is bounded") {
  const auto event = event_of(
      "verdict.recorded",
      Json::object({{"version", "churn@7"}, {"stage", "production"}, {"evidence", std::string(300 * 1024, 'x')}}));
  const HookMessage message = message_of(event, HookEvent::refused, "chat");
  CHECK(message.body.size() < 2000);
  const Json body = parse_json(message.body, "body");
  CHECK(body.at("data").at("shortened") == Json{true});
  CHECK(body.at("data").at("model") == Json{"churn"});
}

// The example of the specification's libraries.
TEST_CASE("a webhook is signed as Standard Webhooks says") {
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const std::string wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  CHECK(webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})") == wanted);
  CHECK(webhook_signature(secret.substr(6), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})") ==
        wanted);
}

TEST_CASE("a secret that is none signs nothing, and is not shown") {
  for (const char* secret : {"", "hunter2", "whsec_", "whsec_c2hvcnQ="}) {
    CAPTURE(secret);
    try {
      webhook_signature(secret, "id", 1, "{}");
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.message() == "it is not `whsec_` and 24 to 64 bytes in base64");
    }
  }
}

TEST_CASE("failed deliveries wait longer each time, and a day at most") {
  HookDelivery delivery;
  delivery.since = Timestamp{0};
  std::vector<std::int64_t> pauses;
  Timestamp now{0};
  while (delivery.state == DeliveryState::pending) {
    delivery =
        after_attempt(delivery, {.arrived = false, .is_final = false, .code = 500, .error = "answered 500"}, now);
    if (!delivery.next_try) break;
    pauses.push_back(delivery.next_try->milliseconds - now.milliseconds);
    CHECK_FALSE(is_due(delivery, Timestamp{delivery.next_try->milliseconds - 1}));
    CHECK(is_due(delivery, *delivery.next_try));
    now = *delivery.next_try;
  }
  CHECK(delivery.state == DeliveryState::given_up);
  CHECK(pauses.front() == minute / 2);
  CHECK(pauses.at(1) == minute);
  CHECK(pauses.back() == 240 * minute);
  CHECK(pauses.size() == 14);
  CHECK_FALSE(is_due(delivery, now));
}

TEST_CASE("a clock that went back keeps no delivery waiting for ever") {
  HookDelivery delivery;
  delivery.since = Timestamp{1000 * minute};
  delivery.next_try = Timestamp{1000 * minute};
  CHECK(is_due(delivery, Timestamp{0}));
  CHECK_FALSE(is_due(delivery, Timestamp{999 * minute}));
}

TEST_CASE("what arrives, and what nobody wants, is over") {
  CHECK(after_attempt({}, {.arrived = true, .is_final = false, .code = 204, .error = ""}, {}).state ==
        DeliveryState::delivered);
  CHECK(after_attempt({}, {.arrived = false, .is_final = true, .code = 410, .error = "gone"}, {}).state ==
        DeliveryState::given_up);
}

TEST_CASE("hooks are read from the policy") {
  const Policy policy = parse_policy(
      "[hooks.chat]\non = [\"promoted\", \"refused\"]\nurl = \"https://chat.example/hook\"\nsecret = \"CHAT\"\n"
      "[hooks.pager]\non = [\"drifted\"]\ncommand = [\"python3\", \"page.py\"]\n",
      "mlops.toml");
  const Hook& chat = policy.hooks.at("chat");
  CHECK(chat.on == std::vector{HookEvent::promoted, HookEvent::refused});
  CHECK(chat.is_webhook());
  CHECK(chat.secret == "CHAT");
  CHECK_FALSE(policy.hooks.at("pager").is_webhook());
}

TEST_CASE("mistakes in hooks are named with their line") {
  const std::string on = "on = [\"promoted\"]\n";
  CHECK_THAT(mistake_in("on = [\"promotd\"]\ncommand = [\"x\"]\n"),
             Contains("mlops.toml:2: [hooks.chat]: unknown event `promotd`, did you mean `promoted`?"));
  CHECK_THAT(mistake_in("command = [\"x\"]\n"), Contains("`on` is needed"));
  CHECK_THAT(mistake_in("on = []\ncommand = [\"x\"]\n"), Contains("names no event"));
  CHECK_THAT(mistake_in(on), Contains("needs one of"));
  CHECK_THAT(mistake_in(on + "command = [\"x\"]\nurl = \"https://a.example/\"\n"), Contains("needs one of"));
  CHECK_THAT(mistake_in(on + "comand = [\"x\"]\n"), Contains("did you mean `command`?"));
  CHECK_THAT(mistake_in(on + "url = \"http://a.example/\"\n"), Contains("must begin with `https://`, unless"));
  CHECK_THAT(mistake_in(on + "url = \"ftp://a.example/\"\n"), Contains("must begin with `https://`"));
  CHECK_THAT(mistake_in(on + "url = \"https://\"\n"), Contains("names no host"));
  CHECK_THAT(mistake_in(on + "url = \"https://me:word@a.example/\"\n"), Contains("has credentials in it"));
  CHECK_THAT(mistake_in(on + "url = \"https://169.254.169.254/x\"\n"), Contains("leads to a link-local address"));
  CHECK_THAT(mistake_in(on + "url = \"https://[::1]:80/x\"\n"), Contains("leads to a loopback address"));
  CHECK_THAT(mistake_in(on + "url = \"https://a.example/\"\nsecret = \"whsec_abc/def=\"\n"),
             Contains("`secret` is the name of an environment variable") && !Contains("whsec_abc"));
  CHECK_THAT(mistake_in(on + "command = [\"x\"]\nsecret = \"S\"\n"), Contains("`secret` is for webhooks"));
  CHECK_THAT(mistake_in(on + "command = \"x y\"\n"), Contains("must be an array"));
  CHECK(mistake_in(on + "url = \"http://127.0.0.1:8080/x\"\nallow_private = true\n").empty());
}
