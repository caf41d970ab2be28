#pragma once

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

inline void events_leave_deliveries(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const HooksOf hooks = [](domain::HookEvent event) {
    return event == domain::HookEvent::registered ? std::vector<std::string>{"chat", "pager"}
                                                  : std::vector<std::string>{};
  };
  registry.write(minute(1), "ann", [&](WriteTransaction& write) {
    write.set_hooks(hooks);
    write.ensure_model("churn");
    write.add_version(version_of("churn"), files_of("weights"));
    write.set_tags({"churn", 1}, {{"a", "b"}});
  });
  {
    // What is undone is told to nobody.
    const auto undone = registry.store().write(origin(), minute(2));
    undone->set_hooks(hooks);
    undone->add_version(version_of("churn", "others"), files_of("others"));
  }
  const auto all = registry.read()->hook_deliveries({});
  REQUIRE(all.size() == 2);
  CHECK(all[0].hook == "chat");
  CHECK(all[1].hook == "pager");
  CHECK(all[0].event == domain::HookEvent::registered);
  CHECK(all[0].sequence == 2);
  CHECK(all[0].since == minute(1));
  CHECK(all[0].next_try == minute(1));
  CHECK(registry.read()->hook_delivery(all[1].id) == all[1]);
  CHECK(registry.read()->hook_delivery(99) == std::nullopt);
}

inline void deliveries_are_updated_and_found(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  registry.write([&](WriteTransaction& write) {
    write.set_hooks([](domain::HookEvent) { return std::vector<std::string>{"chat", "pager"}; });
    write.ensure_model("churn");
    write.add_version(version_of("churn"), files_of("weights"));
  });
  domain::HookDelivery first = registry.read()->hook_deliveries({}).front();
  first.state = domain::DeliveryState::given_up;
  first.attempts = 3;
  first.answer = 500;
  first.error = "answered 500";
  first.tried_at = minute(9);
  first.next_try = std::nullopt;
  first.claimed_by = "somebody";
  const auto before = registry.read()->log_root();
  registry.write([&](WriteTransaction& write) { write.update_hook_delivery(first); });
  CHECK(registry.read()->log_root() == before);
  CHECK(registry.read()->hook_delivery(first.id) == first);
  using domain::DeliveryState;
  const auto read = registry.read();
  CHECK(read->hook_deliveries({.state = DeliveryState::pending}).size() == 1);
  CHECK(read->hook_deliveries({.state = DeliveryState::given_up}) == std::vector{first});
  CHECK(read->hook_deliveries({.hook = "chat"}) == std::vector{first});
  CHECK(read->hook_deliveries({.untried = true}).front().hook == "pager");
  CHECK(read->hook_deliveries({.newest_first = true, .limit = 1}).front().hook == "pager");
  domain::HookDelivery unknown = first;
  unknown.id = 99;
  CHECK_THROWS_AS(registry.write([&](WriteTransaction& write) { write.update_hook_delivery(unknown); }), Error);
}

}  // namespace mlops::store::contract
