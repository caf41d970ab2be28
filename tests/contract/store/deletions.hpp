#pragma once

#include <map>

#include <catch2/catch.hpp>

#include "log.hpp"
#include "registry.hpp"

namespace mlops::store::contract {

inline void remove(Registry& registry, std::int64_t number) {
  registry.write(minute(9), "bob", [&](WriteTransaction& write) { write.delete_version({"churn", number}, "old"); });
}

inline void deleted_versions_leave_a_tombstone(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  for (const auto* content : {"a", "b", "c"}) {
    auto version = version_of("churn", content);
    version.metrics = {{"auc", 0.5}};
    if (*content == 'b') version.semver = domain::SemVer::parse("1.0.0");
    add(registry, version);
  }
  const auto read = [&] { return registry.read(); };

  SECTION("its facts stay, with who deleted it, when and why") {
    const auto before = read()->version({"churn", 2});
    remove(registry, 2);
    CHECK(read()->version({"churn", 2}) == before);
    CHECK(read()->version_files({"churn", 2}).size() == 1);
    const domain::Deletion deletion{.reason = "old", .at = minute(9), .by = "bob"};
    CHECK(read()->deletion({"churn", 2}) == deletion);
    CHECK(read()->version_summary({"churn", 2})->deletion == deletion);
    CHECK(read()->deletion({"churn", 1}) == std::nullopt);
    const auto events = read()->log_head().size();
    remove(registry, 2);
    CHECK(read()->log_head().size() == events);
  }

  SECTION("it is neither listed nor found by digest, and its number is not given again") {
    remove(registry, 3);
    CHECK(read()->latest("churn") == 2);
    CHECK(read()->models(1, std::nullopt).items.front().versions == 2);
    CHECK(read()->models(1, std::nullopt).items.front().latest == 2);
    CHECK(read()->find_by_digest("churn", version_of("churn", "c").digest.hex()) == std::nullopt);
    VersionQuery query;
    query.model = "churn";
    query.now = minute(9);
    CHECK(read()->versions(query).items.size() == 2);
    query.with_deleted = true;
    CHECK(read()->versions(query).items.size() == 3);
    CHECK(add(registry, version_of("churn", "c")).id.number == 4);
    CHECK(read()->find_by_digest("churn", version_of("churn", "c").digest.hex()) == 4);
    CHECK(registry.store().health().problems.empty());
  }

  SECTION("its SemVer stays taken") {
    remove(registry, 2);
    CHECK(read()->find_by_semver("churn", *domain::SemVer::parse("1.0.0")) == 2);
    CHECK(read()->highest_semver("churn")->text() == "1.0.0");
    auto again = version_of("churn", "b");
    again.semver = domain::SemVer::parse("1.0.0");
    CHECK(error_of([&] { add(registry, again); }).kind() == ErrorKind::conflict);
  }

  SECTION("a model whose versions are all deleted has no latest") {
    for (const int number : {1, 3, 2}) remove(registry, number);
    CHECK(read()->latest("churn") == std::nullopt);
    CHECK(read()->models(1, std::nullopt).items.front().latest_at == std::nullopt);
    CHECK(registry.store().health().problems.empty());
  }

  SECTION("nothing more is said of it") {
    remove(registry, 1);
    const domain::VersionId one{"churn", 1};
    registry.write([&](WriteTransaction& write) {
      for (const auto& error :
           {error_of([&] { write.set_tags(one, {{"a", "b"}}); }), error_of([&] { write.deprecate(one, "old"); }),
            error_of([&] { write.set_alias("churn", "best", 1); }),
            error_of([&] { write.change_stage(promotion("churn", 1, std::nullopt)); })}) {
        CHECK(error.kind() == ErrorKind::not_found);
        CHECK(error.message() == "churn@1 was deleted at 2026-11-01T00:09:00Z by bob: old");
      }
    });
  }

  SECTION("while a stage or an alias points to it, it stays; a stage that is left is held by nobody") {
    registry.write([](WriteTransaction& write) {
      write.change_stage(promotion("churn", 1, std::nullopt));
      write.set_alias("churn", "best", 1);
    });
    CHECK(error_of([&] { remove(registry, 1); }).message() == "churn@1 holds production");
    registry.write([](WriteTransaction& write) {
      auto change = promotion("churn", 0, 1);
      change.kind = domain::ChangeKind::vacate;
      write.change_stage(change);
      CHECK(error_of([&] { write.change_stage(change); }).kind() == ErrorKind::conflict);
    });
    CHECK(error_of([&] { remove(registry, 1); }).message() == "churn@1 is called best");
    registry.write([](WriteTransaction& write) { write.set_alias("churn", "best", std::nullopt); });
    remove(registry, 1);

    CHECK(read()->holding("churn", "production") == std::nullopt);
    CHECK(read()->holders("churn").empty());
    CHECK(read()->stages("churn") == std::vector<std::string>{"production"});
    const auto changes = read()->stage_changes("churn", "production", std::nullopt, 10);
    REQUIRE(changes.size() == 2);
    CHECK(changes.front().version == 0);
    CHECK(changes.front().previous == 1);
    VersionQuery query;
    query.model = "churn";
    query.filter = domain::parse_filter("stage != production");
    CHECK(read()->versions(query).items.size() == 2);

    registry.write([](WriteTransaction& write) { write.change_stage(promotion("churn", 2, std::nullopt)); });
    CHECK(read()->holding("churn", "production")->version == 2);
    CHECK(states_told_by_events(*read()) == present_states(*read()));
    CHECK(registry.store().health().problems.empty());
  }

  SECTION("descendants are those that are not deleted themselves") {
    auto child = version_of("churn", "d");
    child.parent = domain::VersionId{"churn", 1};
    add(registry, child);
    CHECK(read()->children({"churn", 1}, 5) == std::vector{domain::VersionId{"churn", 4}});
    remove(registry, 4);
    CHECK(read()->children({"churn", 1}, 5).empty());
  }
}

inline void needed_objects_are_told(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  live_a_little(registry);
  const auto needs = [&] {
    std::map<std::string, std::string> told;  // by owner, what of it
    registry.read()->for_each_needed_object([&](const ObjectOwner& owner, const NeededObject& object) {
      told[std::string{domain::name_of(owner.kind)} + " " + owner.id] +=
          (owner.has_version ? "" : "free ") + object.what + ", ";
    });
    return told;
  };
  const std::string whole = "model.bin, its manifest, the config of its manifest, ";

  SECTION("of versions, datasets and runs") {
    registry.write([](WriteTransaction& write) {
      auto run = run_of("churn");
      run = write.start_run(run);
      run.status = domain::RunStatus::failed;
      run.log = sha256("log");
      run.outputs = {{.name = "model", .path = "out", .files = files_of("out")}};
      run.git = commit_of('b');
      run.git->diff = sha256("diff");
      write.finish_run(run);
      write.add_dataset(dataset_of("valid", "two"), {files_of("a").front(), {.path = "n", .digest = sha256("b")}});
    });
    CHECK(needs() == std::map<std::string, std::string>{
                         {"version churn@1", whole},
                         {"version churn@2", whole},
                         {"dataset train@1", "model.bin, "},
                         {"dataset valid@1", "model.bin, n, its manifest, the config of its manifest, "},
                         {"run 1", "its metrics over steps, "},
                         {"run 4", "free model/model.bin, free its log, free its uncommitted changes, "}});
  }

  SECTION("a deleted version needs nothing, and no longer keeps its run") {
    registry.write([](WriteTransaction& write) {
      auto run = run_of("churn");
      run = write.start_run(run);
      run.status = domain::RunStatus::succeeded;
      run.log = sha256("log");
      write.finish_run(run);
      auto version = version_of("churn", "of the run");
      version.run = run.number;
      write.add_version(version, files_of("out"));
    });
    CHECK(needs().at("run 4") == "its log, ");
    remove(registry, 3);
    CHECK(needs().at("run 4") == "free its log, ");
    CHECK_FALSE(needs().contains("version churn@3"));
    CHECK_FALSE(registry.read()->run_release(4));
    registry.write([](WriteTransaction& write) {
      write.release_run(4);
      write.release_run(4);
      write.add_collection({.id = 0, .objects = 1, .bytes = 3, .freed_bytes = 3, .runs = 1, .at = {}, .by = {}});
    });
    CHECK_FALSE(needs().contains("run 4"));
    const auto release = registry.read()->run_release(4);
    REQUIRE(release);
    CHECK(release->run == 4);
    CHECK(release->at == minute(0));
    CHECK(release->by == origin().actor);
    CHECK(states_told_by_events(*registry.read()) == present_states(*registry.read()));
  }

  SECTION("the config has the digest under which it was stored, and a file elsewhere its place") {
    std::vector<domain::FileEntry> files = {{.path = "a", .digest = sha256("a"), .size = 1, .uri = "file:///a"},
                                            {.path = "b", .digest = sha256("b"), .size = 1}};
    registry.write([&](WriteTransaction& write) { write.add_version(version_of("churn", "c"), files); });
    std::vector<NeededObject> objects;
    registry.read()->for_each_object_of(
        {"churn", 3}, [&](const ObjectOwner&, const NeededObject& object) { objects.push_back(object); });
    REQUIRE(objects.size() == 4);
    CHECK(objects[0].uri == "file:///a");
    CHECK(objects[1].uri.empty());
    CHECK(objects[3].digest == domain::make_manifest(files, domain::Content::model).config_digest);
  }
}

}  // namespace mlops::store::contract
