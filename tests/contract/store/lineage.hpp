#pragma once

#include <algorithm>

#include <catch2/catch.hpp>

#include <mlops/domain/execution.hpp>

#include "monitoring.hpp"
#include "registry.hpp"

namespace mlops::store::contract {

// "churn@1 -parent-> churn@2", sorted.
inline std::vector<std::string> edges_of(const domain::Lineage& lineage) {
  std::vector<std::string> edges;
  for (const auto& edge : lineage.edges) {
    edges.push_back(lineage.nodes.at(edge.from).id + " -" + edge.relation + "-> " + lineage.nodes.at(edge.to).id);
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

inline domain::Lineage lineage_of(Registry& registry, domain::NodeKind kind, const std::string& id,
                                  domain::Direction direction, std::size_t depth = 20, std::size_t limit = 1000) {
  return registry.read()->lineage({.kind = kind, .id = id, .direction = direction, .depth = depth, .limit = limit});
}

// train@1 → run 1 → churn@1 (production) → churn@2, made by run 2, which repeats churn@1 with train@2. Runs and
// versions come from commit aaaa….
inline void lineage_is_walked(const FreshUrl& fresh_url) {
  using domain::Direction;
  using domain::NodeKind;
  Registry registry{fresh_url};
  registry.write(minute(3), "ann", [](WriteTransaction& write) {
    const auto train1 = write.add_dataset(dataset_of("train", "one"), files_of("one"));
    const auto train2 = write.add_dataset(dataset_of("train", "two"), files_of("two"));
    auto run = run_of("churn");
    run.inputs = {use_of("train", train1)};
    run.git = commit_of('a');
    const auto run1 = write.start_run(run);
    auto version = version_of("churn", "one");
    version.run = run1.number;
    version.data = run.inputs;
    version.git = run.git;
    const auto first = add(write, version);
    run.parent = first.id;
    run.inputs = {use_of("train", train2)};
    const auto run2 = write.start_run(run);
    version = version_of("churn", "two");
    version.run = run2.number;
    version.parent = first.id;
    version.data = run.inputs;
    version.semver = domain::SemVer::parse("1.1.0");
    add(write, version);
    write.change_stage(promotion("churn", 1, std::nullopt));
  });
  const std::string commit(40, 'a');

  SECTION("up from a version: what it was made from") {
    const auto lineage = lineage_of(registry, NodeKind::version, "churn@2", Direction::up);
    CHECK(lineage.nodes.front().id == "churn@2");
    CHECK_FALSE(lineage.truncated);
    CHECK(edges_of(lineage) ==
          std::vector<std::string>{"1 -trained by-> churn@1", "2 -trained by-> churn@2", commit + " -code-> 1",
                                   commit + " -code-> 2", commit + " -code-> churn@1", "churn@1 -parent-> 2",
                                   "churn@1 -parent-> churn@2", "train@1 -input-> 1", "train@1 -input-> churn@1",
                                   "train@2 -input-> 2", "train@2 -input-> churn@2"});
  }

  SECTION("down from a dataset: what was made from it") {
    const auto lineage = lineage_of(registry, NodeKind::dataset, "train@1", Direction::down);
    CHECK(edges_of(lineage) == std::vector<std::string>{"1 -trained by-> churn@1", "2 -trained by-> churn@2",
                                                        "churn@1 -holds-> churn@production", "churn@1 -parent-> 2",
                                                        "churn@1 -parent-> churn@2", "train@1 -input-> 1",
                                                        "train@1 -input-> churn@1"});
  }

  SECTION("both ways from the middle, without turning round") {
    const auto lineage = lineage_of(registry, NodeKind::version, "churn@1", Direction::both);
    std::vector<std::string> ids;
    for (const auto& node : lineage.nodes) ids.push_back(node.id);
    std::sort(ids.begin(), ids.end());
    CHECK(ids == std::vector<std::string>{"1", "2", commit, "churn@1", "churn@2", "churn@production", "train@1"});
  }

  SECTION("from a stage, a run, and a commit by its first digits") {
    CHECK(edges_of(lineage_of(registry, NodeKind::stage, "churn@production", Direction::up, 1)) ==
          std::vector<std::string>{"churn@1 -holds-> churn@production"});
    CHECK(lineage_of(registry, NodeKind::run, "2", Direction::down).nodes.size() == 2);
    const auto lineage = lineage_of(registry, NodeKind::commit, "aaaaaaa", Direction::down, 1);
    CHECK(lineage.nodes.front().id == commit);
    CHECK(lineage.nodes.size() == 4);
  }

  SECTION("nodes say what they are in a few words") {
    const auto lineage = lineage_of(registry, NodeKind::version, "churn@2", Direction::up, 1);
    CHECK(lineage.nodes.front().label == "1.1.0, " + sha256("manifest of two").short_text());
    for (const auto& node : lineage.nodes) {
      if (node.kind == NodeKind::dataset) CHECK(node.label == "3 rows, 3 B");
      if (node.kind == NodeKind::run) CHECK(node.label == "running");
    }
    CHECK(lineage_of(registry, NodeKind::stage, "churn@production", Direction::up).nodes.front().label ==
          "since 2026-11-01T00:03:00Z");
  }

  SECTION("depth and limit cut the walk, and it says so") {
    const auto shallow = lineage_of(registry, NodeKind::version, "churn@2", Direction::up, 1);
    CHECK(shallow.truncated);
    CHECK(shallow.nodes.size() == 4);
    const auto small = lineage_of(registry, NodeKind::version, "churn@2", Direction::up, 20, 3);
    CHECK(small.truncated);
    CHECK(small.nodes.size() == 3);
    CHECK(lineage_of(registry, NodeKind::version, "churn@2", Direction::down, 0).nodes.size() == 1);
  }

  SECTION("an unknown node gives an empty graph") {
    for (const auto& [kind, id] : std::vector<std::pair<NodeKind, std::string>>{{NodeKind::version, "churn@9"},
                                                                                {NodeKind::version, "churn"},
                                                                                {NodeKind::dataset, "train@x"},
                                                                                {NodeKind::run, "99"},
                                                                                {NodeKind::stage, "churn@staging"},
                                                                                {NodeKind::commit, "bbbbbbb"}}) {
      CAPTURE(id);
      CHECK(lineage_of(registry, kind, id, Direction::both).nodes.empty());
    }
  }
}

// churn@1 in production, watched: two of three batches are the evidence of firing 1, which led to run 2 and churn@2 in
// production. Firing 2, about churn@2, needed no batch; its run 3 is still going.
inline void lineage_leads_from_drift_to_promotion(const FreshUrl& fresh_url) {
  using domain::Direction;
  using domain::NodeKind;
  Registry registry{fresh_url};
  const auto train = [](WriteTransaction& write, const std::string& content, std::int64_t cause) {
    auto run = run_of("churn");
    if (cause != 0) {
      run.parent = domain::VersionId{"churn", cause};
      domain::Execution execution;
      execution.request = Json::object({{"cause", Json::object({{"firing", cause}})}});
      run.execution = domain::to_json(execution);
    }
    auto version = version_of("churn", content);
    version.run = write.start_run(run).number;
    return version;
  };
  const auto fire = [](WriteTransaction& write, std::int64_t version, std::vector<std::int64_t> batches) {
    domain::Firing firing;
    firing.model = "churn";
    firing.version = {"churn", version};
    firing.findings = {{.trigger = "drift.psi > 0.2", .due = true, .found = "0.3", .batches = std::move(batches)}};
    firing.owner = "somebody";
    return write.start_firing(firing, version - 1);
  };
  registry.write(minute(3), "ann", [&](WriteTransaction& write) {
    const auto first = add(write, train(write, "one", 0)).id;
    write.change_stage(promotion("churn", 1, std::nullopt));
    for (const std::string day : {"monday", "tuesday", "wednesday"}) {
      write.add_batch(batch_of(first, day, minute(4)), {1, 2, 3});
    }
    domain::Firing firing = fire(write, 1, {2, 3});
    const auto version = train(write, "two", 1);
    firing.run = version.run;
    firing.made = add(write, version).id;
    firing.outcome = domain::FiringOutcome::promoted;
    write.finish_firing(firing);
    write.change_stage(promotion("churn", 2, 1));
    fire(write, 2, {});
    train(write, "three", 2);
  });

  SECTION("up: over the run, the firing and its evidence to the version that was watched") {
    CHECK(edges_of(lineage_of(registry, NodeKind::version, "churn@2", Direction::up)) ==
          std::vector<std::string>{"1 -cause-> 2", "1 -trained by-> churn@1", "2 -evidence-> 1",
                                   "2 -trained by-> churn@2", "3 -evidence-> 1", "churn@1 -parent-> 2",
                                   "churn@1 -recorded for-> 2", "churn@1 -recorded for-> 3"});
  }

  SECTION("down from the version that was watched") {
    CHECK(edges_of(lineage_of(registry, NodeKind::version, "churn@1", Direction::down)) ==
          std::vector<std::string>{"1 -cause-> 2", "2 -cause-> 3", "2 -evidence-> 1", "2 -trained by-> churn@2",
                                   "3 -evidence-> 1", "churn@1 -parent-> 2", "churn@1 -recorded for-> 2",
                                   "churn@1 -recorded for-> 3", "churn@2 -holds-> churn@production",
                                   "churn@2 -parent-> 3", "churn@2 -watched-> 2"});
  }

  SECTION("a firing that needed no batch hangs on the version; a run that is still going has its cause") {
    const auto up = lineage_of(registry, NodeKind::run, "3", Direction::up, 2);
    CHECK(up.nodes.at(2).kind == NodeKind::firing);
    CHECK(up.nodes.at(2).label == "drift.psi > 0.2 (0.3), running");
    const auto edges = edges_of(up);
    CHECK(std::ranges::count(edges, "2 -cause-> 3") == 1);
    CHECK(std::ranges::count(edges, "churn@2 -watched-> 2") == 1);
  }

  SECTION("a batch tells where it came from, how much it is and when it was") {
    const auto lineage = lineage_of(registry, NodeKind::version, "churn@1", Direction::down, 1);
    const auto batch = std::ranges::find(lineage.nodes, NodeKind::batch, &domain::LineageNode::kind);
    REQUIRE(batch != lineage.nodes.end());
    CHECK(batch->id == "2");
    CHECK(batch->label == "tuesday.csv, 20 rows of 2026-11-01T00:04:00Z");
    CHECK(lineage.truncated);
  }

  SECTION("versions say when they were let into a stage, and by which event") {
    const auto entered = lineage_of(registry, NodeKind::version, "churn@2", Direction::up, 0).nodes.at(0).entered;
    REQUIRE(entered.size() == 1);
    CHECK(entered[0].change == registry.read()->stage_changes("churn", "production", std::nullopt, 1).at(0));
    REQUIRE(entered[0].event);
    EventQuery query;
    query.after = *entered[0].event - 1;
    const auto event = registry.read()->events(query).at(0);
    CHECK(event.kind == "stage.promoted");
    CHECK(event.after.at("id").as_integer() == entered[0].change.id);
  }
}

// Lineage of a long chain stays within its limits however many ways lead to a node.
inline void long_lineage_stays_small(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  registry.write([](WriteTransaction& write) {
    std::optional<domain::VersionId> parent;
    for (int i = 0; i < 60; ++i) {
      auto run = run_of("churn");
      run.parent = parent;
      auto version = version_of("churn", std::to_string(i));
      version.run = write.start_run(run).number;
      version.parent = parent;
      parent = add(write, version).id;
    }
  });
  const auto lineage = lineage_of(registry, domain::NodeKind::version, "churn@60", domain::Direction::up);
  CHECK(lineage.truncated);
  CHECK(lineage.nodes.size() == 41);  // 21 versions, 20 generations back, and the runs of the first 20
  const auto all = lineage_of(registry, domain::NodeKind::version, "churn@60", domain::Direction::up, 1000);
  CHECK_FALSE(all.truncated);
  CHECK(all.nodes.size() == 120);
}

}  // namespace mlops::store::contract
