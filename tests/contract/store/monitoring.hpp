// What production sends a version: the reference, batches, outcomes.
#pragma once

#include <algorithm>
#include <span>

#include <catch2/catch.hpp>

#include "log.hpp"
#include "registry.hpp"

namespace mlops::store::contract {

inline domain::MonitorReference reference_of(const domain::VersionId& version, const std::string& content = "frozen") {
  return {.version = version,
          .source = "train@1",
          .data = sha256("train"),
          .rows = 1000,
          .columns = 3,
          .frozen = sha256(content),
          .at = {},
          .by = ""};
}

inline domain::Batch batch_of(const domain::VersionId& version, const std::string& content, Timestamp at) {
  domain::Batch batch;
  batch.version = version;
  batch.source = content + ".csv";
  batch.content = sha256(content);
  batch.rows = 20;
  batch.figures = {{"drift.psi", 0.25}, {"missing.age", 0}};
  batch.at = at;
  return batch;
}

inline domain::Outcomes outcomes_of(const domain::VersionId& version, const std::string& content) {
  return {.id = 0,
          .version = version,
          .source = content + ".csv",
          .content = sha256(content),
          .object = sha256("truths of " + content),
          .rows = 9,
          .at = {},
          .by = ""};
}

// One of everything, by ann at minute 1; the batch is measured at minute 2 by bob.
inline void watch_a_little(Registry& registry, const domain::VersionId& version) {
  const auto batch = registry.write(minute(1), "ann", [&](WriteTransaction& write) {
    write.keep_reference(reference_of(version));
    write.keep_holdout({.version = version,
                        .source = "test.csv",
                        .content = sha256("test"),
                        .predictions = sha256("held out"),
                        .rows = 50,
                        .at = {},
                        .by = ""});
    write.add_outcomes(outcomes_of(version, "may"));
    return write.add_batch(batch_of(version, "monday", minute(0)), {1, 2, 3});
  });
  registry.write(minute(2), "bob", [&](WriteTransaction& write) {
    domain::Batch measured = batch;
    measured.predictions = {.content = sha256("p"), .object = sha256("kept p"), .rows = 20, .known = 9};
    measured.figures["metrics.auc"] = 0.75;
    write.update_batch(measured);
  });
}

inline void batches_are_kept(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  const std::vector<std::uint8_t> counts = {1, 0, 255};
  const auto record = [&](const std::string& content, std::int64_t at) {
    return registry.write(minute(9), "ann", [&](WriteTransaction& write) {
      return write.add_batch(batch_of(id, content, minute(at)), counts);
    });
  };
  const auto monday = record("monday", 1);
  const auto wednesday = record("wednesday", 3);
  const auto tuesday = record("tuesday", 2);

  SECTION("with who recorded them, and their counts") {
    CHECK(monday.recorded_by == "ann");
    CHECK(monday.recorded_at == minute(9));
    CHECK(monday.counts == sha256(std::as_bytes(std::span{counts})));
    CHECK(registry.read()->batch(monday.id) == monday);
    CHECK(registry.read()->batch(99) == std::nullopt);
    CHECK(registry.read()->batch_counts(monday.id) == counts);
    CHECK(registry.read()->batch_counts(99).empty());
    CHECK(registry.read()->find_batch(id, sha256("tuesday")) == tuesday);
    CHECK(registry.read()->find_batch(id, sha256("sunday")) == std::nullopt);
  }

  SECTION("in the order of their data, newest first") {
    CHECK(registry.read()->batches(id, 10) == std::vector{wednesday, tuesday, monday});
    CHECK(registry.read()->batches(id, 1) == std::vector{wednesday});
    CHECK(registry.read()->batches({"churn", 9}, 10).empty());
  }

  SECTION("the same data once for each version") {
    CHECK(error_of([&] { record("monday", 5); }).kind() == ErrorKind::conflict);
    const auto other = add(registry, version_of("churn", "other")).id;
    CHECK_NOTHROW(registry.write(
        [&](WriteTransaction& write) { return write.add_batch(batch_of(other, "monday", minute(1)), counts); }));
  }

  SECTION("what came to be known of one is added, and nothing else changes") {
    domain::Batch measured = monday;
    measured.source = "elsewhere";
    measured.predictions = {.content = sha256("p"), .object = sha256("q"), .rows = 20, .known = 9};
    measured.figures = {{"metrics.auc", 0.75}};
    const auto events = registry.read()->log_head().size();
    const auto after = registry.write([&](WriteTransaction& write) { return write.update_batch(measured); });
    CHECK(after.source == monday.source);
    CHECK(after.predictions == measured.predictions);
    CHECK(registry.read()->batch(monday.id) == after);
    CHECK(registry.read()->log_head().size() == events + 1);
    registry.write([&](WriteTransaction& write) { write.update_batch(measured); });
    CHECK(registry.read()->log_head().size() == events + 1);
    measured.id = 99;
    CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.update_batch(measured); }); }).kind() ==
          ErrorKind::not_found);
  }

  SECTION("a deleted version gets none") {
    registry.write([&](WriteTransaction& write) { write.delete_version(id, "old"); });
    CHECK(error_of([&] { record("sunday", 5); }).kind() == ErrorKind::not_found);
    CHECK(registry.read()->batches(id, 10).size() == 3);
  }
}

inline void a_reference_is_kept_once(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  const auto keep = [&](const std::string& content) {
    return registry.write(minute(1), "ann",
                          [&](WriteTransaction& write) { return write.keep_reference(reference_of(id, content)); });
  };
  CHECK(registry.read()->monitor_reference(id) == std::nullopt);
  const auto kept = keep("frozen");
  CHECK(kept.by == "ann");
  CHECK(registry.read()->monitor_reference(id) == kept);
  CHECK(keep("frozen") == kept);
  CHECK(error_of([&] { keep("other"); }).kind() == ErrorKind::conflict);
  CHECK(registry.read()->monitor_reference(id) == kept);

  const domain::MonitorHoldout holdout{.version = id,
                                       .source = "test.csv",
                                       .content = sha256("test"),
                                       .predictions = sha256("p"),
                                       .rows = 50,
                                       .at = {},
                                       .by = ""};
  CHECK(registry.read()->monitor_holdout(id) == std::nullopt);
  const auto stored = registry.write([&](WriteTransaction& write) { return write.keep_holdout(holdout); });
  CHECK(registry.read()->monitor_holdout(id) == stored);
  auto other = holdout;
  other.predictions = sha256("q");
  CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.keep_holdout(other); }); }).kind() ==
        ErrorKind::conflict);
}

inline void outcomes_are_kept(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  const auto record = [&](const std::string& content) {
    return registry.write(minute(1), "ann",
                          [&](WriteTransaction& write) { return write.add_outcomes(outcomes_of(id, content)); });
  };
  const auto may = record("may");
  const auto june = record("june");
  CHECK(may.by == "ann");
  CHECK(registry.read()->outcomes(id) == std::vector{may, june});
  CHECK(registry.read()->outcomes({"churn", 9}).empty());
  CHECK(error_of([&] { record("may"); }).kind() == ErrorKind::conflict);
}

inline void monitoring_is_told_and_needed(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  watch_a_little(registry, id);
  const auto read = registry.read();
  CHECK(present_states(*read) == states_told_by_events(*read));
  EventQuery watched;
  watched.kind_prefix = "monitor";
  watched.model = "churn";
  std::vector<std::string> kinds;
  for (const auto& event : read->events(watched)) kinds.push_back(event.kind);
  CHECK(kinds == std::vector<std::string>{"monitor.reference_kept", "monitor.holdout_kept", "monitor.outcomes_recorded",
                                          "monitor.batch_recorded", "monitor.batch_measured"});
  std::vector<Digest> needed;
  read->for_each_object_of(id, [&](const ObjectOwner& owner, const NeededObject& object) {
    CHECK(owner.id == "churn@1");
    needed.push_back(object.digest);
  });
  for (const auto* content : {"frozen", "held out", "kept p", "truths of may"}) {
    CHECK(std::find(needed.begin(), needed.end(), sha256(content)) != needed.end());
  }
}

}  // namespace mlops::store::contract
