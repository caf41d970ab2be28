#pragma once

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

inline domain::Firing firing_of(const domain::VersionId& version, const std::string& owner) {
  domain::Firing firing;
  firing.model = version.model;
  firing.version = version;
  firing.findings = {{.trigger = "drift.psi > 0.2", .due = true, .found = "0.3", .batches = {4, 5}}};
  firing.last_batch = 5;
  firing.data = {{"train", "sha256:abc"}};
  firing.owner = owner;
  return firing;
}

inline void firings_are_claimed_once(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  registry.write([&](WriteTransaction& write) {
    write.ensure_model("churn");
    write.add_version(version_of("churn"), files_of("weights"));
  });
  const domain::Firing wanted = firing_of({"churn", 1}, "first");
  const domain::Firing first =
      registry.write(minute(1), "ann", [&](WriteTransaction& write) { return write.start_firing(wanted, 0); });
  CHECK(first.id == 1);
  CHECK(first.at == minute(1));
  CHECK(first.by == "ann");
  CHECK(registry.read()->firing(1) == first);
  const auto start_after = [&](std::int64_t last) {
    registry.write([&](WriteTransaction& write) { return write.start_firing(wanted, last); });
  };
  CHECK_THROWS_AS(start_after(0), Error);
  CHECK_THROWS_AS(start_after(1), Error);  // which is not over
  const domain::Firing taken =
      registry.write([&](WriteTransaction& write) { return write.take_up_firing(first, "second"); });
  CHECK(taken.taken_up == 1);
  CHECK(taken.owner == "second");
  CHECK_THROWS_AS(registry.write([&](WriteTransaction& write) { write.take_up_firing(first, "third"); }), Error);
  domain::Firing ended = first;
  ended.outcome = domain::FiringOutcome::trained;
  CHECK_THROWS_AS(registry.write([&](WriteTransaction& write) { write.finish_firing(ended); }), Error);
  ended = taken;
  ended.outcome = domain::FiringOutcome::trained;
  ended.made = domain::VersionId{"churn", 1};
  ended.reason = "bit for bit churn@1";
  ended = registry.write(minute(9), "bob", [&](WriteTransaction& write) { return write.finish_firing(ended); });
  CHECK(ended.ended_at == minute(9));
  CHECK(registry.read()->firing(1) == ended);
  CHECK_THROWS_AS(registry.write([&](WriteTransaction& write) { write.finish_firing(ended); }), Error);
  start_after(1);
  const auto all = registry.read()->firings("churn", 10);
  REQUIRE(all.size() == 2);
  CHECK(all[1] == ended);
  CHECK(registry.read()->firings("churn", 1).size() == 1);
  CHECK(registry.read()->firings("fraud", 10).empty());
}

}  // namespace mlops::store::contract
