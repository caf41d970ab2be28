#pragma once

#include <map>

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

// Every kind of change once.
inline void live_a_little(Registry& registry) {
  registry.write(minute(1), "Ann <ann@example.org>", [](WriteTransaction& write) {
    const auto data = write.add_dataset(dataset_of("train", "rows"), files_of("rows"));
    auto run = run_of("churn");
    run.inputs = {use_of("train", data)};
    run = write.start_run(run);
    run.status = domain::RunStatus::succeeded;
    run.exit_code = 0;
    run.ended_at = minute(2);
    run.metrics = {{"auc", 1.0}};
    run.params = {
        {"lr", Json{0.1}}, {"kind", Json{"tree"}}, {"fast", Json{true}}, {"layers", parse_json("[1, 2]", "test")}};
    run.series = sha256("steps");
    write.finish_run(run);
    auto search = run_of("churn");
    search.search_plan = Json::object({{"method", "grid"}});
    search = write.start_run(search);
    auto trial = run_of("churn");
    trial.search = search.number;
    trial.trial = 1;
    trial = write.start_run(trial);
    trial.status = domain::RunStatus::stopped;
    trial.ended_at = minute(2);
    write.finish_run(trial);
    for (const auto* content : {"a", "b"}) {
      auto version = version_of("churn", content);
      version.metrics = {{"auc", 0.9}};
      version.params = {{"lr", Json{1.0}}, {"layers", parse_json("[1,2]", "test")}};
      version.data = run.inputs;
      version.run = run.number;
      version.git = commit_of('a');
      add(write, version);
    }
  });
  registry.write(minute(5), "bob", [](WriteTransaction& write) {
    const domain::VersionId one{"churn", 1};
    write.set_tags(one, {{"team", "risk"}});
    write.set_tags(one, {{"team", "sales"}});
    write.set_tags({"churn", 2}, {{"a", "b"}});
    write.set_tags({"churn", 2}, {});
    write.deprecate(one, "old");
    write.deprecate({"churn", 2}, "older");
    write.undeprecate({"churn", 2});
    domain::Verdict verdict;
    verdict.version = one;
    verdict.stage = "production";
    verdict.result = domain::VerdictResult::passed;
    verdict.evidence = {
        {.check = "x", .result = domain::CheckResult::passed, .wanted = "", .found = "", .reason = "", .figures = {}}};
    auto change = promotion("churn", 1, std::nullopt);
    change.verdict = write.add_verdict(verdict).id;
    write.change_stage(change);
    write.change_stage(promotion("churn", 2, 1));
    auto back = promotion("churn", 1, 2);
    back.kind = domain::ChangeKind::rollback;
    write.change_stage(back);
    domain::Approval approval;
    approval.version = one;
    approval.stage = "production";
    write.add_approval(approval);
    approval.decision = domain::Decision::reject;
    write.add_approval(approval);
    domain::Waiver waiver;
    waiver.version = one;
    waiver.stage = "production";
    waiver.check = "metrics.auc";
    waiver.condition = "auc >= 0.9";
    waiver.reason = "known drift";
    waiver.until = minute(60);
    write.withdraw_waiver(write.add_waiver(waiver).id, "fixed");
    write.set_alias("churn", "champion", 1);
    write.set_alias("churn", "champion", 2);
    write.set_alias("churn", "gone", 2);
    write.set_alias("churn", "gone", std::nullopt);
  });
}

// The root as RFC 6962, 2.1 defines it, without the frontier.
inline Digest root_of(const std::vector<Digest>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return sha256("");
  if (end - begin == 1) return leaves[begin];
  std::size_t left = 1;
  while (2 * left < end - begin) left *= 2;
  return domain::node_hash(root_of(leaves, begin, begin + left), root_of(leaves, begin + left, end));
}

// The state of every subject, in canonical form: as the events lead to it, and as it is.
inline std::map<std::string, std::string> states_told_by_events(ReadTransaction& read) {
  std::map<std::string, Json> replayed;
  std::uint64_t sequence = 0;
  read.for_each_event([&](const StoredEvent& stored) {
    const auto event = domain::parse_event(stored.canonical);
    CHECK(stored.sequence == ++sequence);
    CHECK(event.sequence == sequence);
    CHECK(canonical(replayed[event.subject]) == canonical(event.before));
    replayed[event.subject] = event.after;
  });
  std::map<std::string, std::string> states;
  for (const auto& [subject, state] : replayed) {
    if (!state.is_null()) states[subject] = canonical(state);
  }
  return states;
}

inline std::map<std::string, std::string> present_states(ReadTransaction& read) {
  std::map<std::string, std::string> states;
  read.for_each_subject(
      [&](const std::string& subject, const Json& state) { CHECK(states.emplace(subject, canonical(state)).second); });
  return states;
}

inline void events_tell_everything(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  CHECK(registry.read()->log_root() == sha256(""));
  live_a_little(registry);
  const auto read = registry.read();

  SECTION("what the events lead to is the present state") {
    const auto found = present_states(*read);
    CHECK(found == states_told_by_events(*read));
    CHECK(found.size() == 15);
  }

  SECTION("each change has its kind") {
    std::vector<std::string> kinds;
    for (const auto& event : read->events({})) kinds.push_back(event.kind);
    CHECK(kinds == std::vector<std::string>{
                       "dataset.added",      "run.started",        "run.finished",       "run.started",
                       "run.started",        "run.finished",       "model.created",      "version.registered",
                       "version.registered", "version.tagged",     "version.tagged",     "version.tagged",
                       "version.tagged",     "version.deprecated", "version.deprecated", "version.undeprecated",
                       "verdict.recorded",   "stage.promoted",     "stage.promoted",     "stage.rolled_back",
                       "approval.given",     "approval.rejected",  "waiver.given",       "waiver.withdrawn",
                       "alias.set",          "alias.set",          "alias.set",          "alias.removed"});
  }

  SECTION("the stored head is the Merkle root over all events") {
    std::vector<Digest> leaves;
    read->for_each_event([&](const StoredEvent& stored) {
      CHECK(stored.leaf == domain::leaf_hash(stored.canonical));
      leaves.push_back(stored.leaf);
    });
    CHECK(leaves.size() == 28);
    CHECK(read->log_head().size() == leaves.size());
    CHECK(read->log_head().root() == root_of(leaves, 0, leaves.size()));
    CHECK(read->log_root() == root_of(leaves, 0, leaves.size()));
  }

  SECTION("events are picked by model, actor, kind and time") {
    const auto count = [&](const EventQuery& query) { return read->events(query).size(); };
    const auto query = [](const auto& set) {
      EventQuery filled;
      set(filled);
      return filled;
    };
    CHECK(count(query([](EventQuery& q) { q.model = "churn"; })) == 27);  // all but the dataset's
    CHECK(count(query([](EventQuery& q) { q.model = "other"; })) == 0);
    CHECK(count(query([](EventQuery& q) { q.actor = "ANN"; })) == 9);
    CHECK(count(query([](EventQuery& q) { q.kind_prefix = "stage"; })) == 3);
    CHECK(count(query([](EventQuery& q) { q.kind_prefix = "stage.promoted"; })) == 2);
    CHECK(count(query([](EventQuery& q) { q.kind_prefix = "sta"; })) == 0);
    CHECK(count(query([](EventQuery& q) { q.since = minute(2); })) == 19);
    CHECK(count(query([](EventQuery& q) { q.until = minute(2); })) == 9);
    CHECK(count(query([](EventQuery& q) { q.since = minute(9); })) == 0);
    CHECK(count(query([](EventQuery& q) { q.after = 20; })) == 8);
    CHECK(count(query([](EventQuery& q) { q.limit = 4; })) == 4);
  }

  SECTION("history and file lists are streamed whole") {
    std::vector<std::int64_t> changes;
    read->for_each_stage_change([&](const domain::StageChange& change) { changes.push_back(change.version); });
    CHECK(changes == std::vector<std::int64_t>{1, 2, 1});
    std::vector<std::string> subjects;
    read->for_each_file_list([&](const std::string& subject, const std::vector<domain::FileEntry>& files) {
      CHECK(files.size() == 1);
      subjects.push_back(subject);
    });
    CHECK(subjects == std::vector<std::string>{"version/churn@1", "version/churn@2", "dataset/train@1"});
  }
}

}  // namespace mlops::store::contract
