#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/maintenance.hpp>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// A store with two files in packs of their own, and a copy of it.
struct Ward : Sandbox {
  Ward() {
    for (const std::string& content : contents) {
      const Digest digest = open_local_store(store)->put_file(write(root / "source", content), {}).digest;
      needed.push_back({digest, content.size()});
      packs.push_back(newest_pack());
    }
    fs::copy(store, copy, fs::copy_options::recursive);
  }

  [[nodiscard]] RepairReport repair(const RepairOptions& options) const {
    return open_local_maintenance(store)->repair(needed, options, {});
  }
  [[nodiscard]] bool can_be_had(std::size_t index) const {
    return open_local_store(store, {.notes_damage = false})->verify(needed[index].digest, {}) == Intactness::intact;
  }
  // Names and bytes of all files.
  [[nodiscard]] std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> files;
    for (const std::string& file : files_below(store)) files[file] = text_of(store / file);
    return files;
  }
  [[nodiscard]] fs::path newest_pack() const {
    for (const fs::path& pack : packs_of(store)) {
      if (std::ranges::find(packs, pack) == packs.end()) return pack;
    }
    throw std::logic_error{"no new pack"};
  }
  [[nodiscard]] std::string inside(const fs::path& file) const { return file.lexically_relative(store).string(); }

  std::vector<std::string> contents{random_bytes(300'000, 1), random_bytes(300'000, 2)};
  std::vector<NeededObject> needed;
  std::vector<fs::path> packs;
  fs::path copy = root / "copy";
};

using Texts = std::vector<std::string>;

// Does both, and holds one against the other; a dry run changes nothing.
RepairReport repair_as_foreseen(const Ward& ward, RepairOptions options) {
  const auto before = ward.state();
  options.dry_run = true;
  const RepairReport foreseen = ward.repair(options);
  CHECK(ward.state() == before);
  options.dry_run = false;
  const RepairReport done = ward.repair(options);
  CHECK(foreseen.indexes_rebuilt == done.indexes_rebuilt);
  CHECK(foreseen.healed == done.healed);
  CHECK(foreseen.lost == done.lost);
  REQUIRE(foreseen.quarantined.size() == done.quarantined.size());
  for (std::size_t i = 0; i < done.quarantined.size(); ++i) {
    const std::string name = fs::path{foreseen.quarantined[i]}.filename().string();
    CHECK_THAT(done.quarantined[i], Catch::StartsWith("objects/quarantine/" + name + "."));
    CHECK(before.at(foreseen.quarantined[i]) == text_of(ward.store / done.quarantined[i]));
  }
  return done;
}

TEST_CASE("a repair of a sound store has nothing to do") {
  const Ward ward;
  const RepairReport report = repair_as_foreseen(ward, {});
  CHECK(report.indexes_rebuilt == 0);
  CHECK(report.quarantined.empty());
  CHECK(report.healed.empty());
  CHECK(report.lost.empty());
}

TEST_CASE("what is intact in a pack is saved, whatever part of the pack is damaged") {
  const Ward ward;
  const fs::path pack = ward.packs[0];
  const std::size_t size = fs::file_size(pack);
  // In the header, the table, the trailer's digest and its last byte.
  flip_byte(pack, GENERATE_COPY(as<std::size_t>{}, 3, size - 70, size - 60, size - 1));
  const RepairReport report = repair_as_foreseen(ward, {});
  CHECK(report.quarantined.size() == 1);
  CHECK(report.healed == std::vector{ward.needed[0].digest});
  CHECK(report.lost.empty());
  CHECK(ward.can_be_had(0));
  CHECK(ward.can_be_had(1));
}

TEST_CASE("what is lost is told, and healed from where it is intact") {
  const Ward ward;
  flip_byte(ward.packs[0], fs::file_size(ward.packs[0]) / 2);
  CHECK_FALSE(ward.can_be_had(0));
  RepairOptions options;
  SECTION("nowhere") {
    const RepairReport report = repair_as_foreseen(ward, options);
    CHECK(report.lost == std::vector{ward.needed[0].digest});
    CHECK(report.healed.empty());
    CHECK_FALSE(ward.can_be_had(0));
  }
  SECTION("in another registry, to which nothing is written") {
    options.from = {ward.copy};
    flip_byte(ward.copy / ward.inside(ward.packs[1]), 300);
    const auto before = files_below(ward.copy);
    const RepairReport report = repair_as_foreseen(ward, options);
    CHECK(report.healed == std::vector{ward.needed[0].digest});
    CHECK(report.lost.empty());
    CHECK(ward.can_be_had(0));
    CHECK(files_below(ward.copy) == before);
  }
  SECTION("in a file") {
    options.from = {write(ward.root / "files" / "deep" / "mine", ward.contents[0]).parent_path().parent_path()};
    const RepairReport report = repair_as_foreseen(ward, options);
    CHECK(report.healed == std::vector{ward.needed[0].digest});
    CHECK(ward.can_be_had(0));
  }
  CHECK(ward.can_be_had(1));
}

TEST_CASE("a damaged index is written anew, and a damaged whole object moved aside") {
  Ward ward;
  const fs::path index = write(ward.store / "objects" / "index" / "0123.idx", "no index");
  const fs::path object = put_whole(ward.store, "abc");
  flip_byte(object, 1);
  ward.needed.push_back({sha256("abc"), 3});
  const RepairReport report = repair_as_foreseen(ward, {});
  CHECK(report.indexes_rebuilt == 1);
  CHECK(report.quarantined.size() == 1);
  CHECK(report.lost == std::vector{sha256("abc")});
  CHECK_FALSE(fs::exists(index));
  CHECK_FALSE(fs::exists(object));
}

TEST_CASE("what a dry run would take from a place that is not there is missed as by a repair") {
  const Ward ward;
  fs::remove(ward.packs[0]);
  const bool dry_run = GENERATE(false, true);
  CHECK(error_of([&] {
          static_cast<void>(ward.repair({.from = {ward.root / "nowhere"}, .dry_run = dry_run}));
        }).kind() == ErrorKind::not_found);
}

}  // namespace
}  // namespace mlops::artifacts
