#include <catch2/catch.hpp>

#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/artifacts/digest_cache.hpp>

#include "files_for_tests.hpp"

namespace mlops::artifacts {
namespace {

constexpr std::int64_t second = 1'000'000'000;

struct CacheBox : Sandbox {
  fs::path file = root / "cache" / "digests";

  // Remembers the state in one process, as it were, and asks in the next.
  void learn(const FileState& state, const Digest& digest) const {
    DigestCache cache{file};
    cache.remember(state, digest, state.changed + 10 * second);
    cache.save();
  }
  [[nodiscard]] std::optional<Digest> ask(const FileState& state) const { return DigestCache{file}.find(state); }
};

FileState state_of(const fs::path& path) {
  struct stat status{};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return file_state(status);
}

const FileState some_state{.device = 1, .inode = 2, .size = 3, .modified = 4 * second, .changed = 5 * second};
const Digest some_digest = sha256("abc");

TEST_CASE("what one command remembers, the next one knows") {
  const CacheBox box;
  CHECK_FALSE(box.ask(some_state));
  box.learn(some_state, some_digest);
  CHECK(box.ask(some_state) == some_digest);
}

TEST_CASE("any difference in the state makes a file unknown") {
  const CacheBox box;
  box.learn(some_state, some_digest);
  for (auto part : {&FileState::device, &FileState::inode, &FileState::size}) {
    FileState other = some_state;
    ++(other.*part);
    CHECK_FALSE(box.ask(other));
  }
  for (auto time : {&FileState::modified, &FileState::changed}) {
    FileState other = some_state;
    ++(other.*time);
    CHECK_FALSE(box.ask(other));
  }
}

TEST_CASE("a file that was changed shortly before it was read is not remembered") {
  const CacheBox box;
  DigestCache cache{box.file};
  FileState state = some_state;
  cache.remember(state, some_digest, state.changed + second);
  CHECK_FALSE(cache.find(state));
  state.modified = state.changed + second;
  cache.remember(state, some_digest, state.changed + 2 * second);
  CHECK_FALSE(cache.find(state));
  cache.remember(state, some_digest, state.modified + 2 * second);
  CHECK(cache.find(state) == some_digest);
}

TEST_CASE("another file in its place, of the same size and modification time, is unknown") {
  const CacheBox box;
  const fs::path model = write(box.root / "model.bin", "abc");
  const FileState before = state_of(model);
  box.learn(before, some_digest);

  SECTION("renamed over it") { fs::rename(write(box.root / "other", "xyz"), model); }
  SECTION("written into it") {
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    write(model, "xyz");
  }
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                            {.tv_sec = before.modified / second, .tv_nsec = before.modified % second}};
  REQUIRE(::utimensat(AT_FDCWD, model.c_str(), times, 0) == 0);
  const FileState after = state_of(model);
  REQUIRE(after.size == before.size);
  REQUIRE(after.modified == before.modified);
  CHECK_FALSE(box.ask(after));
}

TEST_CASE("a damaged cache knows nothing, and the next save makes it whole") {
  const CacheBox box;
  box.learn(some_state, some_digest);
  const std::string whole = text_of(box.file);

  SECTION("any bit flipped") {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
      write(box.file, damaged);
      CAPTURE(at);
      REQUIRE_FALSE(box.ask(some_state));
    }
  }
  SECTION("cut short anywhere") {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      write(box.file, whole.substr(0, size));
      CAPTURE(size);
      REQUIRE_FALSE(box.ask(some_state));
    }
  }
  SECTION("longer") { write(box.file, whole + "x"); }
  SECTION("something else") { write(box.file, std::string(1000, 'x')); }
  CHECK_FALSE(box.ask(some_state));
  box.learn(some_state, some_digest);
  CHECK(text_of(box.file) == whole);
}

TEST_CASE("a cache that can't be written is silent") {
  const CacheBox box;
  write(box.root / "cache", "a file where the folder should be");
  box.learn(some_state, some_digest);
  CHECK_FALSE(box.ask(some_state));
}

TEST_CASE("commands that save one after the other add to what is known; the newer state of a file wins") {
  const CacheBox box;
  FileState second_file = some_state;
  second_file.inode = 1;
  FileState changed = some_state;
  changed.size = 4;
  DigestCache early{box.file};
  CHECK_FALSE(early.find(some_state));  // it has read the file now
  box.learn(some_state, some_digest);
  box.learn(second_file, sha256("second"));
  early.remember(changed, sha256("abcd"), 10 * second);
  early.save();
  CHECK(box.ask(second_file) == sha256("second"));
  CHECK(box.ask(changed) == sha256("abcd"));
  CHECK_FALSE(box.ask(some_state));
}

TEST_CASE("nothing is written when nothing new was remembered") {
  const CacheBox box;
  DigestCache{box.file}.save();
  CHECK_FALSE(fs::exists(box.file));
  // By today's date, or its use would be worth noting.
  box.learn(some_state, some_digest);
  fs::remove(box.file.string() + ".lock");
  DigestCache cache{box.file};
  CHECK(cache.find(some_state) == some_digest);
  cache.remember(some_state, some_digest, 10 * second);
  cache.save();
  CHECK_FALSE(fs::exists(box.file.string() + ".lock"));
}

TEST_CASE("many threads and many processes remember at once") {
  const CacheBox box;
  {
    std::vector<std::jthread> commands;
    for (std::uint64_t device = 0; device < 4; ++device) {
      commands.emplace_back([&box, device] {
        DigestCache cache{box.file};
        std::vector<std::jthread> threads;
        for (std::uint64_t part = 0; part < 4; ++part) {
          threads.emplace_back([&cache, device, part] {
            for (std::uint64_t i = 0; i < 100; ++i) {
              const FileState state{.device = device, .inode = 4 * i + part, .size = i, .modified = 1, .changed = 1};
              cache.remember(state, sha256(std::to_string(i)), 10 * second);
            }
          });
        }
        threads.clear();
        cache.save();
      });
    }
  }
  // Somebody came last, and what he saved is whole.
  int known = 0;
  for (std::uint64_t device = 0; device < 4; ++device) {
    if (box.ask({.device = device, .inode = 4 * 99 + 1, .size = 99, .modified = 1, .changed = 1}) == sha256("99"))
      ++known;
  }
  CHECK(known >= 1);
}

TEST_CASE("the cache never outgrows its limit") {
  const CacheBox box;
  DigestCache cache{box.file};
  for (std::uint64_t inode = 0; inode < 500'100; ++inode) {
    cache.remember({.device = 1, .inode = inode, .size = 1, .modified = 1, .changed = 1}, some_digest, 10 * second);
  }
  cache.save();
  CHECK(fs::file_size(box.file) == 500'000 * 76 + 56);
}

}  // namespace
}  // namespace mlops::artifacts
