#pragma once

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

inline void stages_move_by_compare_and_set(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  for (const auto* content : {"a", "b", "c"}) add(registry, version_of("churn", content));
  const auto promote = [&](std::int64_t at, const std::string& actor, const domain::StageChange& change) {
    return registry.write(minute(at), actor, [&](WriteTransaction& write) { return write.change_stage(change); });
  };

  const auto first = promote(10, "ann", promotion("churn", 1, std::nullopt));
  const auto second = promote(20, "bob", promotion("churn", 2, 1));
  CHECK(first.by == "ann");
  CHECK(second.at == minute(20));
  CHECK(registry.read()->holding("churn", "production") == second);
  CHECK(registry.read()->holding("churn", "staging") == std::nullopt);

  SECTION("the loser is told who won") {
    const auto error = error_of([&] { promote(30, "eve", promotion("churn", 3, 1)); });
    CHECK(error.kind() == ErrorKind::conflict);
    CHECK(error.message() ==
          "production of churn is now held by churn@2, promoted by bob at 2026-11-01T00:20:00Z, not churn@1");
    CHECK(error_of([&] { promote(30, "eve", promotion("churn", 3, std::nullopt)); }).message() ==
          "production of churn is now held by churn@2, promoted by bob at 2026-11-01T00:20:00Z, and not free");
    CHECK(error_of([&] { promote(30, "eve", promotion("churn", 3, 1, "staging")); }).message() ==
          "staging of churn is held by nobody, not churn@1");
    CHECK(registry.read()->holding("churn", "production") == second);
  }

  SECTION("all holders over time are kept") {
    auto back = promotion("churn", 1, 2);
    back.kind = domain::ChangeKind::rollback;
    const auto third = promote(30, "ann", back);
    promote(40, "ann", promotion("churn", 3, std::nullopt, "staging"));
    const auto read = registry.read();
    CHECK(read->stage_changes("churn", "production", std::nullopt, 10) == std::vector{third, second, first});
    CHECK(read->stage_changes("churn", "production", minute(29), 1) == std::vector{second});
    CHECK(read->stage_changes("churn", "production", minute(9), 1).empty());
    CHECK(read->stage_changes("churn", "", std::nullopt, 10).size() == 4);
    CHECK(read->stage_changes_of({"churn", 2}, 10) == std::vector{third, second});
    CHECK(read->stage_changes_of({"churn", 1}, 2) == std::vector{third, second});
    CHECK(read->stage_changes_of({"churn", 9}, 10).empty());
    CHECK(read->has_held({"churn", 2}, "production"));
    CHECK_FALSE(read->has_held({"churn", 3}, "production"));
    const auto holders = read->holders("churn");
    REQUIRE(holders.size() == 2);
    CHECK(holders[0].stage == "production");
    CHECK(holders[0].version == 1);
    CHECK(holders[0].since == minute(30));
    CHECK(holders[1].stage == "staging");
    CHECK(read->version_summary({"churn", 1})->stages == std::vector<std::string>{"production"});
  }

  SECTION("an unknown version is not found") {
    CHECK(error_of([&] { promote(30, "eve", promotion("churn", 9, 2)); }).kind() == ErrorKind::not_found);
  }

  SECTION("aliases move freely, but share the names of stages") {
    const auto set = [&](const std::string& alias, std::optional<std::int64_t> target) {
      registry.write([&](WriteTransaction& write) { write.set_alias("churn", alias, target); });
    };
    set("champion", 1);
    set("champion", 3);
    set("challenger", 2);
    const auto aliases = registry.read()->aliases("churn");
    REQUIRE(aliases.size() == 2);
    CHECK(aliases[0].alias == "challenger");
    CHECK(aliases[1].version == 3);
    CHECK(registry.read()->version_summary({"churn", 3})->aliases == std::vector<std::string>{"champion"});
    set("champion", std::nullopt);
    set("champion", std::nullopt);
    CHECK(registry.read()->aliases("churn").size() == 1);

    CHECK(error_of([&] { set("production", 1); }).kind() == ErrorKind::conflict);
    CHECK(error_of([&] { promote(50, "ann", promotion("churn", 1, std::nullopt, "challenger")); }).kind() ==
          ErrorKind::conflict);
    CHECK(error_of([&] { set("champion", 9); }).kind() == ErrorKind::not_found);
  }
}

inline void evidence_is_kept(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  domain::Verdict verdict;
  verdict.version = id;
  verdict.stage = "production";
  verdict.result = domain::VerdictResult::passed;
  verdict.evidence = {{.check = "metric: auc >= 0.9",
                       .result = domain::CheckResult::passed,
                       .wanted = "auc >= 0.9",
                       .found = "0.93",
                       .reason = "",
                       .figures = Json::object({{"auc", 0.93}}),
                       .duration_ms = 3}};
  verdict.policy_blob = "b10b";
  verdict.policy_source = "file";
  verdict.tool_version = "0.1.0";
  const auto [stored, again] = registry.write(minute(1), "ann", [&](WriteTransaction& write) {
    const auto first = write.add_verdict(verdict);
    return std::pair{first, write.add_verdict(verdict)};
  });
  CHECK(stored.by == "ann");
  CHECK(again.id == stored.id + 1);
  CHECK(registry.read()->verdict(stored.id) == stored);
  CHECK(registry.read()->verdict(99) == std::nullopt);
  CHECK(registry.read()->verdicts(id, 10) == std::vector{again, stored});
  CHECK(registry.read()->verdicts(id, 1) == std::vector{again});

  domain::Approval approval;
  approval.version = id;
  approval.stage = "production";
  approval.reason = "looks right";
  const auto yes =
      registry.write(minute(2), "ann", [&](WriteTransaction& write) { return write.add_approval(approval); });
  approval.decision = domain::Decision::reject;
  const auto no =
      registry.write(minute(3), "bob", [&](WriteTransaction& write) { return write.add_approval(approval); });
  CHECK(registry.read()->approvals(id, "production") == std::vector{yes, no});
  CHECK(registry.read()->approvals(id, "").size() == 2);
  CHECK(registry.read()->approvals(id, "staging").empty());
}

inline void waivers_are_kept(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  domain::Waiver waiver;
  waiver.version = id;
  waiver.stage = "production";
  waiver.check = "metrics.auc";
  waiver.condition = "auc >= 0.9";
  waiver.reason = "known drift";
  waiver.until = minute(60);
  const auto first =
      registry.write(minute(1), "ann", [&](WriteTransaction& write) { return write.add_waiver(waiver); });
  CHECK(first.by == "ann");
  CHECK(first.at == minute(1));
  CHECK(first.until == minute(60));
  waiver.stage = "staging";
  waiver.condition = "";
  const auto second =
      registry.write(minute(2), "bob", [&](WriteTransaction& write) { return write.add_waiver(waiver); });
  CHECK(registry.read()->waiver(first.id) == first);
  CHECK(registry.read()->waiver(99) == std::nullopt);
  CHECK(registry.read()->waivers(id, "") == std::vector{first, second});
  CHECK(registry.read()->waivers(id, "production") == std::vector{first});
  CHECK(registry.read()->waivers({"churn", 9}, "").empty());

  const auto withdrawn = registry.write(
      minute(3), "cleo", [&](WriteTransaction& write) { return write.withdraw_waiver(first.id, "fixed"); });
  CHECK(withdrawn.withdrawn == domain::Withdrawal{.reason = "fixed", .at = minute(3), .by = "cleo"});
  CHECK(registry.read()->waiver(first.id) == withdrawn);
  CHECK(withdrawn.by == "ann");
  CHECK_THROWS_AS(
      registry.write(minute(4), "dan", [&](WriteTransaction& write) { return write.withdraw_waiver(first.id, ""); }),
      Error);
  CHECK_THROWS_AS(
      registry.write(minute(4), "dan", [&](WriteTransaction& write) { return write.withdraw_waiver(9, ""); }), Error);
  CHECK(registry.read()->waiver(first.id) == withdrawn);
}

inline void a_deleted_version_gets_no_waiver(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;
  registry.write([&](WriteTransaction& write) { write.delete_version(id, "leaked"); });
  domain::Waiver waiver;
  waiver.version = id;
  CHECK_THROWS_AS(registry.write(minute(1), "ann", [&](WriteTransaction& write) { return write.add_waiver(waiver); }),
                  Error);
  CHECK(registry.read()->waivers(id, "").empty());
}

inline void datasets_and_runs_are_kept(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto add_data = [&](const std::string& name, const std::string& content) {
    return registry.write(
        [&](WriteTransaction& write) { return write.add_dataset(dataset_of(name, content), files_of(content)); });
  };
  const auto one = add_data("train", "one");
  const auto two = add_data("train", "two");
  const auto other = add_data("test", "one");

  SECTION("datasets are numbered by name, found by digest and listed newest first") {
    CHECK(two.text() == "train@2");
    CHECK(other.text() == "test@1");
    const auto read = registry.read();
    CHECK(read->dataset("train", 1) == one);
    CHECK(read->latest_dataset("train") == 2);
    CHECK(read->latest_dataset("nothing") == std::nullopt);
    CHECK(read->find_dataset_by_digest("train", one.digest.hex().substr(0, 8)) == 1);
    CHECK(read->dataset_files("train", 2) == files_of("two"));
    CHECK(read->datasets("", 10, std::nullopt).items == std::vector{other, two, one});
    const auto page = read->datasets("", 2, std::nullopt);
    REQUIRE(page.next);
    CHECK(read->datasets("", 2, page.next).items == std::vector{one});
    CHECK(read->datasets("train", 1, std::nullopt).items == std::vector{two});
    CHECK(error_of([&] { read->datasets("", 2, "not a cursor"); }).kind() == ErrorKind::usage);
  }

  SECTION("a run ends once, with what it made") {
    auto run = run_of("churn");
    run.inputs = {use_of("train", two)};
    run = registry.write([&](WriteTransaction& write) { return write.start_run(run); });
    CHECK(run.number == 1);
    CHECK(registry.read()->run(1) == run);

    run.status = domain::RunStatus::succeeded;
    run.exit_code = 0;
    run.ended_at = minute(9);
    run.metrics = {{"auc", 0.5}};
    run.outputs = {{.name = "model", .path = "out", .files = files_of("weights")}};
    run.log = sha256("log");
    registry.write([&](WriteTransaction& write) { write.finish_run(run); });
    CHECK(registry.read()->run(1) == run);
    CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.finish_run(run); }); }).kind() ==
          ErrorKind::conflict);
    run.number = 7;
    CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.finish_run(run); }); }).kind() ==
          ErrorKind::not_found);
  }

  SECTION("a run goes through steps, and goes on after its process was lost") {
    domain::Run run = run_of("churn");
    run.execution = Json::object({{"owner", "one"}, {"step", "materialise"}});
    run = registry.write([&](WriteTransaction& write) { return write.start_run(run); });
    run.execution = Json::object({{"owner", "one"}, {"step", "run"}});
    registry.write([&](WriteTransaction& write) { write.advance_run(run); });
    CHECK(registry.read()->run(1) == run);

    domain::Run lost = run;
    lost.status = domain::RunStatus::interrupted;
    registry.write([&](WriteTransaction& write) { write.finish_run(lost); });
    CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.advance_run(run); }); }).kind() ==
          ErrorKind::conflict);

    domain::Run again = lost;
    again.status = domain::RunStatus::running;
    again.execution.set("owner", "two");
    registry.write([&](WriteTransaction& write) { write.resume_run(lost, again); });
    CHECK(registry.read()->run(1) == again);
    // Of two that want to go on with it, one comes too late.
    CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.resume_run(lost, again); }); }).kind() ==
          ErrorKind::conflict);
  }

  SECTION("runs are listed newest first, of all models or of one") {
    for (const auto* model : {"churn", "risk", "churn"}) {
      registry.write([&](WriteTransaction& write) { return write.start_run(run_of(model)); });
    }
    const auto read = registry.read();
    const auto page = read->runs(std::nullopt, 2, std::nullopt);
    CHECK(page.items.front().number == 3);
    REQUIRE(page.next);
    CHECK(read->runs(std::nullopt, 2, page.next).items.front().number == 1);
    CHECK(read->runs("churn", 10, std::nullopt).items.size() == 2);
  }
}

}  // namespace mlops::store::contract
