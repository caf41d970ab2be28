#pragma once

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

inline void versions_are_numbered_and_kept(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};

  SECTION("numbers run from 1 for each model") {
    CHECK(add(registry, version_of("churn", "a")).id.text() == "churn@1");
    CHECK(add(registry, version_of("churn", "b")).id.text() == "churn@2");
    CHECK(add(registry, version_of("team/risk", "a")).id.text() == "team/risk@1");
    CHECK(registry.read()->latest("churn") == 2);
    CHECK(registry.read()->latest("unknown") == std::nullopt);
  }

  SECTION("what is not committed did not happen, and its number is given to the next") {
    registry.write([](WriteTransaction& write) { write.ensure_model("churn"); });
    {
      const auto forgotten = registry.store().write(origin(), minute(0));
      CHECK(forgotten->add_version(version_of("churn"), files_of("x")).id.number == 1);
      CHECK(forgotten->view().latest("churn") == 1);
    }
    CHECK(registry.read()->latest("churn") == std::nullopt);
    CHECK(registry.read()->log_head().size() == 1);
    CHECK(add(registry, version_of("churn")).id.number == 1);
  }

  SECTION("every field comes back as it was given") {
    const auto data = registry.write([](WriteTransaction& write) {
      auto dataset = dataset_of("train", "rows");
      dataset.git = commit_of('d');
      return write.add_dataset(dataset, files_of("rows"));
    });
    const auto run = registry.write([](WriteTransaction& write) { return write.start_run(run_of("churn")); });
    const auto parent = add(registry, version_of("churn", "parent"));

    domain::Version version = version_of("churn", "child");
    version.semver = domain::SemVer::parse("1.2.0-rc.1+build");
    version.message = "näher am Ziel";
    version.metrics = {{"auc", 0.1 + 0.2}, {"loss", -1e-300}, {"count", 12}};
    version.params = {{"lr", Json{0.1}}, {"deep", parse_json(R"({"b":[1,null],"a":true})", "test")}, {"none", Json{}}};
    version.data = {use_of("valid", data), use_of("train", data)};
    version.parent = parent.id;
    version.run = run.number;
    version.git = domain::GitState{.commit = std::string(40, 'a'),
                                   .branch = std::nullopt,
                                   .remote = "https://example.org/x.git",
                                   .path = "models/churn",
                                   .dirty = true,
                                   .diff = sha256("diff")};
    version.signature = parse_json(R"({"outputs":["p"],"inputs":["x","y"]})", "test");
    version.inspected = domain::Inspected{.format = "onnx",
                                          .architecture = "ResNet",
                                          .licence = "apache-2.0",
                                          .quantisation = "int8",
                                          .parameters = 25'000'000,
                                          .safety = domain::Safety::malformed,
                                          .code_warnings = 2,
                                          .details = sha256("details")};
    const auto added = registry.write(
        minute(5), "bob", [&](WriteTransaction& write) { return write.add_version(version, files_of("child")); });

    CHECK(added.registered_at == minute(5));
    CHECK(added.registered_by == "bob");
    CHECK(added.file_count == 1);
    CHECK(added.total_bytes == 5);
    CHECK(added.data.front().role == "train");
    CHECK(registry.read()->version({"churn", 2}) == added);
    CHECK(registry.read()->registered_at({"churn", 2}) == added.registered_at);
    CHECK(registry.read()->registered_at({"churn", 99}) == std::nullopt);
    CHECK(registry.read()->version_files({"churn", 2}) == files_of("child"));
    CHECK(registry.read()->versions_of_run(run.number) == std::vector{added.id});
    CHECK(registry.read()->version({"churn", 3}) == std::nullopt);
  }

  SECTION("a file that stays where it is keeps its place, and the version tells how many do") {
    const std::vector<domain::FileEntry> files = {
        {.path = "big.bin", .digest = sha256("big"), .size = 3, .executable = false, .uri = "file:///data/big.bin"},
        {.path = "small.bin", .digest = sha256("small"), .size = 5, .executable = false}};
    const auto added = registry.write([&](WriteTransaction& write) {
      write.ensure_model("churn");
      return write.add_version(version_of("churn"), files);
    });
    REQUIRE(added.references);
    CHECK(added.references->count == 1);
    CHECK(added.references->bytes == 3);
    CHECK(registry.read()->version({"churn", 1}) == added);
    CHECK(registry.read()->version_files({"churn", 1}) == files);

    const auto dataset =
        registry.write([&](WriteTransaction& write) { return write.add_dataset(dataset_of("train", "rows"), files); });
    CHECK(dataset.references == added.references);
    CHECK(registry.read()->dataset("train", 1) == dataset);
    CHECK(registry.read()->dataset_files("train", 1) == files);
  }

  SECTION("what a version names must exist, and nothing is kept of one that fails") {
    add(registry, version_of("churn"));
    auto orphan = version_of("churn", "orphan");
    orphan.parent = domain::VersionId{"churn", 99};
    const auto error = error_of([&] { add(registry, orphan); });
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK(error.message() == "there is no version `churn@99` in the registry");
    CHECK(registry.read()->latest("churn") == 1);

    auto without_data = version_of("churn", "data");
    without_data.data = {{.role = "train", .dataset = "rows", .number = 4, .digest = {}}};
    CHECK(error_of([&] { add(registry, without_data); }).message() == "there is no dataset `rows@4` in the registry");
  }
}

inline void versions_are_found(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};

  SECTION("by SemVer, which is taken once") {
    for (const auto* text : {"1.9.0", "1.10.0", "2.0.0-rc.1", "1.2.0"}) {
      auto version = version_of("churn", text);
      version.semver = domain::SemVer::parse(text);
      add(registry, version);
    }
    const auto read = registry.read();
    CHECK(read->find_by_semver("churn", *domain::SemVer::parse("1.10.0")) == 2);
    CHECK(read->find_by_semver("churn", *domain::SemVer::parse("3.0.0")) == std::nullopt);
    CHECK(read->highest_semver("churn")->text() == "1.10.0");
    CHECK(read->highest_semver("unknown") == std::nullopt);
  }

  SECTION("a taken SemVer is a conflict that names its version") {
    auto version = version_of("churn");
    version.semver = domain::SemVer::parse("1.0.0");
    add(registry, version);
    const auto error = error_of([&] { add(registry, version); });
    CHECK(error.kind() == ErrorKind::conflict);
    CHECK(error.message() == "1.0.0 of churn is taken by churn@1");
  }

  SECTION("by digest, the newest of the same files, and never by a digest that fits several") {
    const auto first = add(registry, version_of("churn", "same"));
    add(registry, version_of("churn", "same"));
    auto near = version_of("churn", "near");
    auto bytes = first.digest.bytes();
    bytes.back() = static_cast<std::uint8_t>(bytes.back() ^ 1U);
    near.digest = Digest{bytes};
    CHECK(registry.read()->find_by_digest("churn", first.digest.hex()) == 2);
    CHECK(registry.read()->find_by_digest("churn", first.digest.hex().substr(0, 9)) == 2);
    CHECK(registry.read()->find_by_digest("churn", std::string(64, '0')) == std::nullopt);
    CHECK(registry.read()->find_by_digest("churn", "not hexadecimal") == std::nullopt);

    add(registry, near);
    const auto error = error_of([&] { registry.read()->find_by_digest("churn", first.digest.hex().substr(0, 20)); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(registry.read()->find_by_digest("churn", near.digest.hex()) == 3);
  }

  SECTION("by commit, the newest first") {
    for (const char digit : {'a', 'b', 'a'}) {
      auto version = version_of("churn", std::string(1, digit));
      version.git = commit_of(digit);
      add(registry, version);
    }
    const std::vector<domain::VersionId> expected{{"churn", 3}, {"churn", 1}};
    CHECK(registry.read()->versions_of_commit("aaaaaaa", 10) == expected);
    CHECK(registry.read()->versions_of_commit("aaaaaaa", 1).size() == 1);
    CHECK(registry.read()->versions_of_commit("ccccccc", 10).empty());
  }
}

inline void tags_and_deprecations_change(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto id = add(registry, version_of("churn")).id;

  registry.write([&](WriteTransaction& write) { write.set_tags(id, {{"team", "risk"}, {"tier", "1"}}); });
  registry.write(minute(7), "bob", [&](WriteTransaction& write) { write.deprecate(id, "leaks a column"); });
  auto summary = *registry.read()->version_summary(id);
  CHECK(summary.tags == domain::Tags{{"team", "risk"}, {"tier", "1"}});
  CHECK(summary.deprecation == domain::Deprecation{"leaks a column", minute(7), "bob"});

  SECTION("saying the same again writes no event") {
    const auto before = registry.read()->log_head().size();
    registry.write([&](WriteTransaction& write) {
      write.set_tags(id, summary.tags);
      write.deprecate(id, "leaks a column");
      write.ensure_model("churn");
    });
    CHECK(registry.read()->log_head().size() == before);
  }

  SECTION("both can be taken back") {
    registry.write([&](WriteTransaction& write) {
      write.set_tags(id, {});
      write.undeprecate(id);
    });
    summary = *registry.read()->version_summary(id);
    CHECK(summary.tags.empty());
    CHECK(summary.deprecation == std::nullopt);
  }

  SECTION("an unknown version is not found") {
    CHECK(error_of([&] { registry.write([](WriteTransaction& write) { write.set_tags({"churn", 9}, {}); }); }).kind() ==
          ErrorKind::not_found);
  }
}

}  // namespace mlops::store::contract
