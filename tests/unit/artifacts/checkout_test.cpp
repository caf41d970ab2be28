#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>

#include "file_lock.hpp"
#include "store_for_tests.hpp"
#include "unfinished_name.hpp"

namespace mlops::artifacts {
namespace {

// A store that holds one version, and an empty place to check it out to.
struct Workshop : Sandbox {
  std::unique_ptr<ArtifactStore> artifacts = open_local_store(store);
  fs::path out = root / "out";

  domain::FileEntry put(const std::string& path, const std::string& content, bool executable = false) {
    const StoredObject stored = artifacts->put_bytes(content);
    return {path, stored.digest, stored.size, executable};
  }
  CheckoutResult checkout(const std::vector<domain::FileEntry>& files, bool force = false) {
    return checkout_files(*artifacts, files, out, {.force = force}, {});
  }
};

using Paths = std::set<std::string>;

// Flips a bit of the stored bytes, wherever in the store they are.
void damage(const fs::path& store, std::string_view bytes) {
  for (const auto& entry : fs::recursive_directory_iterator{store}) {
    if (!entry.is_regular_file()) continue;
    if (const auto at = text_of(entry.path()).find(bytes); at != std::string::npos) flip_byte(entry.path(), at);
  }
}

TEST_CASE("a checkout writes every file with its bytes and executable bit") {
  Workshop shop;
  const CheckoutResult result = shop.checkout(
      {shop.put("模型/权重.bin", "weights"), shop.put("run.sh", "#!/bin/sh\n", true), shop.put("a/b/empty", "")});
  CHECK(result.written == 3);
  CHECK(result.unchanged == 0);
  CHECK(result.bytes == 17);
  CHECK(files_below(shop.out) == Paths{"模型/权重.bin", "run.sh", "a/b/empty"});
  CHECK(text_of(shop.out / "模型" / "权重.bin") == "weights");
  CHECK((mode_of(shop.out / "run.sh") & 0100u) != 0);
  CHECK((mode_of(shop.out / "a/b/empty") & 0111u) == 0);
}

TEST_CASE("files that are right already are left alone, and others stay") {
  Workshop shop;
  const std::vector files{shop.put("a.bin", "aaa"), shop.put("b.bin", "bbb")};
  write(shop.out / "a.bin", "aaa");
  write(shop.out / "mine.txt", "mine");
  const auto time = fs::last_write_time(shop.out / "a.bin");
  std::vector<std::uint64_t> totals;
  std::uint64_t told = 0;
  const CheckoutResult result = checkout_files(*shop.artifacts, files, shop.out, {}, [&](std::uint64_t total) {
    totals.push_back(total);
    return [&](std::uint64_t bytes) { told += bytes; };
  });
  CHECK(result.written == 1);
  CHECK(result.unchanged == 1);
  CHECK(result.bytes == 3);
  CHECK(totals == std::vector<std::uint64_t>{3, 3});  // first reading what is there, then writing what is not
  CHECK(told == 6);
  CHECK(fs::last_write_time(shop.out / "a.bin") == time);
  CHECK(files_below(shop.out) == Paths{"a.bin", "b.bin", "mine.txt"});
}

TEST_CASE("a file with other content stops the checkout before anything is written") {
  Workshop shop;
  const std::vector files{shop.put("a.bin", "aaa"), shop.put("b.bin", "bbb"), shop.put("c.bin", "ccc")};
  write(shop.out / "b.bin", "BBB");
  write(shop.out / "c.bin", "longer");
  const Error error = error_of([&] { shop.checkout(files); });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK(error.message() == "`" + (shop.out / "b.bin").string() + "` exists with other content (and 1 more)");
  CHECK(files_below(shop.out) == Paths{"b.bin", "c.bin"});

  CHECK(shop.checkout(files, true).written == 3);
  CHECK(text_of(shop.out / "b.bin") == "bbb");
  CHECK(text_of(shop.out / "c.bin") == "ccc");
  CHECK(files_below(shop.out) == Paths{"a.bin", "b.bin", "c.bin"});
}

TEST_CASE("a checkout never leads through a symbolic link, even by force") {
  Workshop shop;
  const fs::path outside = shop.root / "outside";
  fs::create_directories(outside / "deep");
  fs::create_directories(shop.out);
  fs::create_symlink(outside, shop.out / "models");
  const bool force = GENERATE(false, true);
  const std::string path = GENERATE("models/a.bin", "models/deep/a.bin");
  CHECK(error_of([&] { shop.checkout({shop.put(path, "aaa")}, force); }).kind() == ErrorKind::conflict);
  CHECK(files_below(outside).empty());
}

TEST_CASE("a symbolic link in a file's place is replaced by force, and its target stays") {
  Workshop shop;
  const fs::path outside = write(shop.root / "outside.txt", "mine");
  fs::create_directories(shop.out);
  fs::create_symlink(outside, shop.out / "a.bin");
  fs::create_symlink(shop.root / "nowhere", shop.out / "b.bin");
  const std::vector files{shop.put("a.bin", "aaa"), shop.put("b.bin", "bbb")};
  CHECK(error_of([&] { shop.checkout(files); }).kind() == ErrorKind::conflict);
  CHECK(shop.checkout(files, true).written == 2);
  CHECK(text_of(outside) == "mine");
  CHECK_FALSE(fs::is_symlink(shop.out / "a.bin"));
  CHECK(text_of(shop.out / "a.bin") == "aaa");
  CHECK_FALSE(fs::exists(shop.root / "nowhere"));
}

TEST_CASE("a symbolic link to the right bytes is not the right file") {
  Workshop shop;
  write(shop.out / "x", "1");
  fs::create_symlink("x", shop.out / "a.bin");
  CHECK(error_of([&] { shop.checkout({shop.put("a.bin", "1")}); }).kind() == ErrorKind::conflict);
}

TEST_CASE("a folder in a file's place, or a file in a folder's, is never replaced") {
  Workshop shop;
  write(shop.out / "a.bin" / "mine", "mine");
  write(shop.out / "dir", "mine");
  const bool force = GENERATE(false, true);
  CHECK(error_of([&] { shop.checkout({shop.put("a.bin", "aaa")}, force); }).kind() == ErrorKind::conflict);
  CHECK(error_of([&] { shop.checkout({shop.put("dir/b.bin", "bbb")}, force); }).kind() == ErrorKind::conflict);
  CHECK(files_below(shop.out) == Paths{"a.bin/mine", "dir"});
}

TEST_CASE("entries that lead outside are refused whoever wrote them") {
  Workshop shop;
  for (const char* path : {"../evil", "/etc/evil", "a/../../evil", "a//b", "a\\..\\b", "", "a\nb", "./a"}) {
    CAPTURE(path);
    CHECK(error_of([&] { shop.checkout({shop.put(path, "evil")}, true); }).kind() == ErrorKind::usage);
  }
  CHECK(error_of([&] { shop.checkout({shop.put("a", "1"), shop.put("a/b", "2")}, true); }).kind() == ErrorKind::usage);
  CHECK_FALSE(fs::exists(shop.out));
}

TEST_CASE("a missing object stops the checkout before anything is written") {
  Workshop shop;
  const std::vector<domain::FileEntry> files{shop.put("a.bin", "aaa"), {"b.bin", sha256("never stored"), 12, false}};
  const Error error = error_of([&] { shop.checkout(files); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.message(), Catch::Contains("`b.bin`") && Catch::Contains(sha256("never stored").text()));
  CHECK_FALSE(fs::exists(shop.out));
}

TEST_CASE("a damaged object leaves the file that was there") {
  Workshop shop;
  const std::vector files{shop.put("a.bin", "these bytes")};
  damage(shop.store, "these bytes");
  write(shop.out / "a.bin", "mine");
  CHECK(error_of([&] { shop.checkout(files, true); }).kind() == ErrorKind::integrity);
  CHECK(text_of(shop.out / "a.bin") == "mine");
  CHECK(files_below(shop.out) == Paths{"a.bin"});
}

TEST_CASE("an interrupted checkout leaves no half files, and the next one goes on where it stopped") {
  Workshop shop;
  std::vector<domain::FileEntry> files;
  for (int i = 0; i < 300; ++i)
    files.push_back(shop.put("f" + std::to_string(i), std::string(10'000, 'a') + std::to_string(i)));
  std::atomic<int> told = 0;
  const StartProgress stop_midway = [&told](std::uint64_t) {
    return [&told](std::uint64_t) {
      if (++told > 200) throw Error{ErrorKind::interrupted, "interrupted"};
    };
  };
  CHECK(error_of([&] { checkout_files(*shop.artifacts, files, shop.out, {}, stop_midway); }).kind() ==
        ErrorKind::interrupted);
  const Paths done = files_below(shop.out);
  CHECK_FALSE(done.empty());
  CHECK(done.size() < 300);
  for (const std::string& name : done) CHECK(fs::file_size(shop.out / name) > 10'000);
  const CheckoutResult rest = shop.checkout(files);
  CHECK(rest.unchanged == done.size());
  CHECK(rest.written == 300 - done.size());
}

// Files of several large ones that a killed checkout was at: their beginnings under the names that it gave them.
fs::path leave_behind(const fs::path& folder, const Digest& content, std::string_view beginning) {
  return write(folder / unfinished_name(content), beginning);
}

// The inode tells whether a file was gone on with, or written anew.
ino_t inode_of(const fs::path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

TEST_CASE("a large file is gone on with where a killed checkout ended") {
  Workshop shop;
  const std::string content = random_bytes(6'000'000, 1);
  const std::vector files{shop.put("a/model.bin", content, true)};
  std::string beginning = content.substr(0, 3'500'000);
  SECTION("as it was written") {}
  SECTION("with a page that never came to the disk") { std::fill_n(beginning.begin() + 2'100'000, 4096, '\0'); }
  SECTION("with nothing right in it") { std::fill_n(beginning.begin(), 4096, '\0'); }
  SECTION("complete") { beginning = content; }
  SECTION("with more than it should have") { beginning = content + "more"; }
  const fs::path left = leave_behind(shop.out / "a", files[0].digest, beginning);
  const ino_t inode = inode_of(left);
  std::uint64_t told = 0;
  const CheckoutResult result = checkout_files(
      *shop.artifacts, files, shop.out, {}, [&](std::uint64_t) { return [&](std::uint64_t bytes) { told += bytes; }; });
  CHECK(result.written == 1);
  CHECK(told == content.size());
  CHECK(files_below(shop.out) == Paths{"a/model.bin"});
  CHECK(text_of(shop.out / "a/model.bin") == content);
  CHECK(mode_of(shop.out / "a/model.bin") == 0755);
  CHECK(inode_of(shop.out / "a/model.bin") == inode);
}

TEST_CASE("what a killed checkout left is gone on with only when it is the checkout's alone") {
  Workshop shop;
  const std::string content = random_bytes(3'000'000, 1);
  const std::vector files{shop.put("model.bin", content)};
  const fs::path left = leave_behind(shop.out, files[0].digest, content.substr(0, 2'000'000));
  const ino_t inode = inode_of(left);
  SECTION("not when it has a second name") { fs::create_hard_link(left, shop.root / "second"); }
  SECTION("not when others may write to it") { fs::permissions(left, fs::perms{0666}); }
  SECTION("not when another checkout is at it") {
    const FileDescriptor living{::open(left.c_str(), O_RDWR | O_CLOEXEC)};
    REQUIRE(try_lock(living.get()));
    shop.checkout(files);
    CHECK(fs::exists(left));
    fs::remove(left);
  }
  shop.checkout(files);
  CHECK(text_of(shop.out / "model.bin") == content);
  CHECK(inode_of(shop.out / "model.bin") != inode);
}

TEST_CASE("a checkout removes what killed ones left behind, and nothing else") {
  Workshop shop;
  const std::vector files{shop.put("model.bin", "weights"), shop.put("a/b/c.bin", "more")};
  const std::string old = random_bytes(2'000'000, 2);
  leave_behind(shop.out, sha256("another version"), old);
  leave_behind(shop.out, files[0].digest, "wei");
  leave_behind(shop.out / "a/b", sha256(old), old);
  fs::create_symlink("../model.bin", shop.out / "a" / unfinished_name(sha256("a link")));
  const Paths others{".mlops-mine", "a/b/.mlops-0123456789abcdef.tmp", "a/" + unfinished_name(sha256("x")) + "0"};
  for (const std::string& other : others) write(shop.out / other, "mine");
  const auto expected = [&] {
    Paths all = others;
    all.insert({"model.bin", "a/b/c.bin"});
    for (const std::string& name : files_below(shop.out)) {
      if (fs::is_symlink(shop.out / name)) all.insert(name);
    }
    return all;
  };
  SECTION("before it writes") { CHECK(shop.checkout(files).written == 2); }
  SECTION("also when there is nothing to write") {
    write(shop.out / "model.bin", "weights");
    write(shop.out / "a/b/c.bin", "more");
    CHECK(shop.checkout(files).written == 0);
  }
  CHECK(files_below(shop.out) == expected());
  CHECK(text_of(shop.out / "model.bin") == "weights");
}

TEST_CASE("a dry run leaves what killed checkouts left") {
  Workshop shop;
  const std::vector files{shop.put("model.bin", "weights")};
  const fs::path left = leave_behind(shop.out, files[0].digest, "wei");
  checkout_files(*shop.artifacts, files, shop.out, {.dry_run = true}, {});
  CHECK(fs::exists(left));
}

TEST_CASE("a beginning of a file that can't be told right is not gone on with") {
  Workshop shop;
  const std::string content = random_bytes(3'000'000, 1);
  fs::permissions(put_whole(shop.store, content), fs::perms{0444});
  const std::vector<domain::FileEntry> files{{"model.bin", named(content), content.size(), false}};
  leave_behind(shop.out, files[0].digest, random_bytes(2'000'000, 2));
  shop.checkout(files);
  CHECK(files_below(shop.out) == Paths{"model.bin"});
  CHECK(text_of(shop.out / "model.bin") == content);
}

TEST_CASE("two checkouts into one folder don't take each other's files for leftovers") {
  Workshop shop;
  std::vector<domain::FileEntry> files;
  for (int i = 0; i < 200; ++i)
    files.push_back(shop.put("f" + std::to_string(i), std::string(20'000, 'a') + std::to_string(i)));
  std::atomic<int> surprises = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        try {
          shop.checkout(files);
        } catch (const Error& error) {
          // Two found a name free, and the other was faster.
          if (error.kind() != ErrorKind::conflict) ++surprises;
        }
      });
    }
  }
  CHECK(surprises == 0);
  shop.checkout(files);
  CHECK(files_below(shop.out).size() == 200);
}

TEST_CASE("what a checkout wrote is known afterwards, and need not be read") {
  Workshop shop;
  DigestCache cache{shop.root / "digests"};
  const std::vector files{shop.put("a.bin", "aaa"), shop.put("b.bin", "bbb")};
  checkout_files(*shop.artifacts, files, shop.out, {.cache = &cache}, {});
  const StartProgress nothing_to_do = [](std::uint64_t total) {
    FAIL("there was something to read or write: " << total);
    return Progress{};
  };
  CHECK(checkout_files(*shop.artifacts, files, shop.out, {.cache = &cache}, nothing_to_do).unchanged == 2);

  SECTION("a change of the same size is seen") {
    write(shop.out / "a.bin", "AAA");
    CHECK(error_of([&] { checkout_files(*shop.artifacts, files, shop.out, {.cache = &cache}, {}); }).kind() ==
          ErrorKind::conflict);
  }
  SECTION("read_again reads all the same") {
    std::uint64_t read = 0;
    checkout_files(*shop.artifacts, files, shop.out, {.read_again = true, .cache = &cache},
                   [&read](std::uint64_t total) {
                     read += total;
                     return Progress{};
                   });
    CHECK(read == 6);
  }
  SECTION("its executable bit is mended, and it is known still") {
    std::vector executable = files;
    executable[0].executable = true;
    CHECK(checkout_files(*shop.artifacts, executable, shop.out, {.cache = &cache}, nothing_to_do).unchanged == 2);
    CHECK(mode_of(shop.out / "a.bin") == 0755);
    CHECK(checkout_files(*shop.artifacts, files, shop.out, {.cache = &cache}, nothing_to_do).unchanged == 2);
    CHECK(mode_of(shop.out / "a.bin") == 0644);
  }
}

TEST_CASE("a dry run looks, counts and refuses, but writes nothing") {
  Workshop shop;
  const std::vector files{shop.put("a.bin", "aaa"), shop.put("b.bin", "bbb")};
  write(shop.out / "a.bin", "aaa");
  const CheckoutResult result = checkout_files(*shop.artifacts, files, shop.out, {.dry_run = true}, {});
  CHECK(result.written == 1);
  CHECK(result.unchanged == 1);
  CHECK(result.bytes == 3);
  CHECK(files_below(shop.out) == Paths{"a.bin"});
  write(shop.out / "b.bin", "BBB");
  CHECK(error_of([&] { checkout_files(*shop.artifacts, files, shop.out, {.dry_run = true}, {}); }).kind() ==
        ErrorKind::conflict);
}

TEST_CASE("a symbolic link that appears among the folders during a checkout is not followed") {
  Workshop shop;
  const fs::path outside = shop.root / "outside";
  fs::create_directories(outside);
  std::vector<domain::FileEntry> files;
  for (int i = 0; i < 500; ++i) files.push_back(shop.put("f" + std::to_string(i), std::to_string(i)));
  files.push_back(shop.put("zz/last.bin", "last"));
  const StartProgress plant_link = [&](std::uint64_t) {
    fs::create_directories(shop.out);
    fs::create_directory_symlink(outside, shop.out / "zz");
    return Progress{};
  };
  CHECK(error_of([&] { checkout_files(*shop.artifacts, files, shop.out, {}, plant_link); }).kind() ==
        ErrorKind::conflict);
  CHECK(files_below(outside).empty());
}

TEST_CASE("two thousand small files go in and come out the same") {
  Workshop shop;
  for (int i = 0; i < 2000; ++i) {
    write(shop.root / "in" / std::to_string(i % 50) / (std::to_string(i) + ".txt"), "file " + std::to_string(i));
  }
  const auto files = store_all(*shop.artifacts, plan_files({shop.root / "in"}));
  CHECK(shop.checkout(files).written == 2000);
  CHECK(hash_files(plan_files({shop.out}), {}) == files);
  CHECK(shop.checkout(files).unchanged == 2000);
}

}  // namespace
}  // namespace mlops::artifacts
