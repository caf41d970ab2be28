#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

TEST_CASE("stored files come back as entries, sorted by path, with their digests") {
  const Sandbox box;
  const fs::path script = write(box.root / "model" / "run.sh", "abc");
  fs::permissions(script, fs::perms::owner_all);
  write(box.root / "model" / "a" / "empty", "");
  const auto store = open_local_store(box.store);
  const auto entries = store_all(*store, plan_files({box.root / "model"}));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0] == domain::FileEntry{"a/empty", sha256(""), 0, false});
  CHECK(entries[1] == domain::FileEntry{"run.sh", sha256("abc"), 3, true});
  CHECK(store->verify(sha256("abc"), {}) == Intactness::intact);
  CHECK(store->verify(sha256(""), {}) == Intactness::intact);
}

TEST_CASE("hashing gives the same entries as storing, and stores nothing") {
  const Sandbox box;
  for (int i = 0; i < 40; ++i)
    write(box.root / "model" / std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
  const auto plan = plan_files({box.root / "model"});
  const auto hashed = hash_files(plan, {});
  CHECK(hashed.size() == 40);
  CHECK_FALSE(fs::exists(box.store));
  CHECK(store_all(*open_local_store(box.store), plan) == hashed);
}

TEST_CASE("files that were read before are not read again") {
  const Sandbox box;
  for (int i = 0; i < 5; ++i) write(box.root / "model" / std::to_string(i), "abc" + std::to_string(i));
  std::this_thread::sleep_for(std::chrono::milliseconds{2050});  // what changed just now is not trusted
  DigestCache cache{box.root / "digests"};
  const auto store = open_local_store(box.store);
  std::uint64_t read = 0;
  const StartProgress count = [&read](std::uint64_t total) {
    read = total;
    return Progress{};
  };
  const auto put = [&](const ReadOptions& options) {
    read = 0;
    return store_all(*store, plan_files({box.root / "model"}), count, options);
  };
  const auto entries = put({.cache = &cache});
  CHECK(read == 20);
  CHECK(put({.cache = &cache}) == entries);
  CHECK(read == 0);
  CHECK(hash_files(plan_files({box.root / "model"}), count, {.cache = &cache}) == entries);
  CHECK(read == 0);

  SECTION("unless all shall be read") {
    CHECK(put({.cache = &cache, .read_again = true}) == entries);
    CHECK(read == 20);
  }
  SECTION("what is known and what is not go together") {
    write(box.root / "model" / "3", "ABC3");
    const auto other = open_local_store(box.root / "other");
    CHECK(store_all(*other, plan_files({box.root / "model"}), count, {.cache = &cache})[3].digest == sha256("ABC3"));
    CHECK(read == 20);
    CHECK(packs_of(box.root / "other").size() == 1);
  }
  SECTION("but those that changed are") {
    write(box.root / "model" / "3", "ABC3");
    CHECK(put({.cache = &cache})[3].digest == sha256("ABC3"));
    CHECK(read == 4);
  }
  SECTION("and those that the store has lost") {
    const auto other = open_local_store(box.root / "other");
    CHECK(store_all(*other, plan_files({box.root / "model"}), count, {.cache = &cache}) == entries);
    CHECK(read == 20);
    CHECK(other->verify(entries[0].digest, {}) == Intactness::intact);
  }
}

TEST_CASE("progress is told of every byte") {
  const Sandbox box;
  for (int i = 0; i < 60; ++i) write(box.root / "model" / std::to_string(i), "abc");
  write(box.root / "model" / "large", std::string(2'000'000, 'x'));
  std::uint64_t total = 0;
  store_all(*open_local_store(box.store), plan_files({box.root / "model"}), [&](std::uint64_t expected) {
    CHECK(expected == 2'000'180);
    return [&total](std::uint64_t bytes) { total += bytes; };
  });
  CHECK(total == 2'000'180);
}

}  // namespace
}  // namespace mlops::artifacts
