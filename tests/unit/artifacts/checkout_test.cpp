#include <catch2/catch.hpp>

#include <atomic>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>

#include "files_for_tests.hpp"

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
  const auto files = store_files(*shop.artifacts, plan_files({shop.root / "in"}), {});
  CHECK(shop.checkout(files).written == 2000);
  CHECK(hash_files(plan_files({shop.out}), {}) == files);
  CHECK(shop.checkout(files).unchanged == 2000);
}

}  // namespace
}  // namespace mlops::artifacts
