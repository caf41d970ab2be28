#include <catch2/catch.hpp>

#include <thread>

#include <sys/fsuid.h>
#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>

#include "files_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// FIPS 180-2, appendix B.1, and `sha256sum </dev/null`.
const Digest digest_of_abc = *Digest::from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
const Digest digest_of_nothing = *Digest::from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
// head -c 3000000 /dev/zero | tr '\0' a | sha256sum
const Digest digest_of_3_million_a =
    *Digest::from_hex("2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4");

fs::path object_path(const fs::path& store, const Digest& digest) {
  return store / "objects" / "sha256" / digest.hex().substr(0, 2) / digest.hex();
}

// As another user for this thread, whom the modes of files bind even when the tests run as root.
class AsNobody {
 public:
  AsNobody() : before_{::setfsuid(65534)} {}
  ~AsNobody() { ::setfsuid(static_cast<uid_t>(before_)); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  int before_;
};

TEST_CASE("bytes are stored read-only under their SHA-256") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  CHECK_FALSE(fs::exists(box.store));

  const StoredObject stored = store->put_bytes("abc");
  CHECK(stored.digest == digest_of_abc);
  CHECK(stored.size == 3);
  CHECK(stored.was_new);
  CHECK(files_below(box.store) == std::set<std::string>{"objects/sha256/ba/" + digest_of_abc.hex()});
  CHECK(mode_of(object_path(box.store, digest_of_abc)) == 0444);
  CHECK(store->has(digest_of_abc));
  CHECK(store->size(digest_of_abc) == 3u);
  CHECK(store->get_bytes(digest_of_abc, 3) == "abc");
}

TEST_CASE("a file is stored whatever its size") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  std::uint64_t seen = 0;
  const Progress count = [&seen](std::uint64_t bytes) { seen += bytes; };

  CHECK(store->put_file(write(box.root / "empty", ""), count).digest == digest_of_nothing);
  CHECK(seen == 0);
  CHECK(store->put_file(write(box.root / "模型 🚀.bin", "abc"), count).digest == digest_of_abc);
  CHECK(seen == 3);
  const StoredObject large = store->put_file(write(box.root / "large", std::string(3'000'000, 'a')), count);
  CHECK(large.digest == digest_of_3_million_a);
  CHECK(large.size == 3'000'000);
  CHECK(seen == 3'000'003);
  CHECK(mode_of(object_path(box.store, digest_of_3_million_a)) == 0444);
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("the same content is stored once") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  for (const std::string& content : {std::string{"abc"}, std::string(2'000'000, 'b')}) {
    const fs::path source = write(box.root / "source", content);
    CHECK(store->put_file(source, {}).was_new);
    CHECK_FALSE(store->put_file(source, {}).was_new);
    CHECK_FALSE(open_local_store(box.store)->put_bytes(content).was_new);
  }
  CHECK(files_below(box.store).size() == 2);
}

TEST_CASE("many files are stored in the order given") {
  const Sandbox box;
  std::vector<fs::path> sources;
  for (int i = 0; i < 200; ++i) sources.push_back(write(box.root / "in" / std::to_string(i), std::to_string(i)));
  const auto store = open_local_store(box.store);
  const auto stored = store->put_files(sources, {});
  REQUIRE(stored.size() == sources.size());
  for (std::size_t i = 0; i < stored.size(); ++i) CHECK(stored[i].digest == sha256(std::to_string(i)));
  CHECK(files_below(box.store).size() == 200);
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("writers of the same content do not hinder each other") {
  const Sandbox box;
  const std::string content(2'000'000, 'x');
  const fs::path source = write(box.root / "source", content);
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&box, &source] {
        const auto store = open_local_store(box.store);
        store->put_file(source, {});
        store->put_bytes("abc");
      });
    }
  }
  const auto store = open_local_store(box.store);
  CHECK(store->verify(sha256(content), {}) == Intactness::intact);
  CHECK(store->verify(digest_of_abc, {}) == Intactness::intact);
  CHECK(files_below(box.store).size() == 2);
}

TEST_CASE("a file that changes while it is read is refused and leaves nothing") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const std::size_t size = GENERATE(3, 3'000'000);
  const fs::path source = write(box.root / "source", std::string(size, 'a'));
  Progress meddle;
  SECTION("when it grows") {
    meddle = [&source](std::uint64_t) { append(source, "more"); };
  }
  SECTION("when it is cut") {
    meddle = [&source](std::uint64_t) { fs::resize_file(source, 1); };
  }
  SECTION("when only its time changes") {
    meddle = [&source](std::uint64_t) { fs::last_write_time(source, fs::file_time_type{}); };
  }
  const Error error = error_of([&] { store->put_file(source, meddle); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.message() == "`" + source.string() + "` changed while it was read");
  CHECK(files_below(box.store).empty());
}

TEST_CASE("what is not a readable file is refused with its name") {
  const Sandbox box;
  const auto store = open_local_store(box.store);

  const Error missing = error_of([&] { store->put_file(box.root / "missing.bin", {}); });
  CHECK(missing.kind() == ErrorKind::not_found);
  CHECK_THAT(missing.message(), Catch::Contains("missing.bin"));

  REQUIRE(::mkfifo((box.root / "pipe").c_str(), 0600) == 0);
  CHECK(error_of([&] { store->put_file(box.root / "pipe", {}); }).kind() == ErrorKind::usage);
  CHECK(error_of([&] { store->put_file(box.root, {}); }).kind() == ErrorKind::usage);

  const fs::path secret = write(box.root / "secret.bin", "abc");
  fs::permissions(box.root, fs::perms::all);
  fs::permissions(secret, fs::perms::none);
  const Error unreadable = error_of([&] {
    const AsNobody nobody;
    store->put_file(secret, {});
  });
  CHECK(unreadable.kind() == ErrorKind::failed);
  CHECK_THAT(unreadable.message(), Catch::Contains("secret.bin") && Catch::Contains("Permission denied"));
  CHECK_FALSE(fs::exists(box.store));
}

TEST_CASE("one bad file among many ends the putting with its error") {
  const Sandbox box;
  std::vector<fs::path> sources;
  for (int i = 0; i < 50; ++i) sources.push_back(write(box.root / "in" / std::to_string(i), std::to_string(i)));
  sources[25] = box.root / "missing.bin";
  const auto store = open_local_store(box.store);
  CHECK_THAT(error_of([&] { store->put_files(sources, {}); }).message(), Catch::Contains("missing.bin"));
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("a progress that throws ends the work and leaves nothing half-done") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const Progress interrupt = [](std::uint64_t) { throw Error{ErrorKind::interrupted, "interrupted"}; };
  const fs::path source = write(box.root / "source", std::string(3'000'000, 'a'));
  CHECK(error_of([&] { store->put_file(source, interrupt); }).kind() == ErrorKind::interrupted);
  CHECK(files_below(box.store).empty());

  const Digest digest = store->put_file(source, {}).digest;
  const fs::path target = box.root / "out" / "target";
  fs::create_directories(target.parent_path());
  CHECK(error_of([&] { store->materialise(digest, target, false, interrupt); }).kind() == ErrorKind::interrupted);
  CHECK(files_below(target.parent_path()).empty());
}

TEST_CASE("a missing object is said to be missing") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  CHECK_FALSE(store->has(digest_of_abc));
  CHECK_FALSE(store->size(digest_of_abc));
  CHECK(store->verify(digest_of_abc, {}) == Intactness::missing);
  CHECK(error_of([&] { store->get_bytes(digest_of_abc, 10); }).kind() == ErrorKind::not_found);
  CHECK(error_of([&] { store->materialise(digest_of_abc, box.root / "target", false, {}); }).kind() ==
        ErrorKind::not_found);
  CHECK_FALSE(fs::exists(box.root / "target"));
}

TEST_CASE("a damaged object is never handed out") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  const fs::path object = object_path(box.store, digest_of_abc);
  SECTION("when one bit changed") { flip_byte(object, 1); }
  SECTION("when it was cut") { fs::resize_file(object, 2); }
  SECTION("when it is a symbolic link") {
    fs::remove(object);
    fs::create_symlink(write(box.root / "elsewhere", "abc"), object);
  }
  SECTION("when it is a folder") {
    fs::remove(object);
    fs::create_directory(object);
  }
  CHECK(store->verify(digest_of_abc, {}) == Intactness::damaged);
  const Error error = error_of([&] { store->get_bytes(digest_of_abc, 10); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.message(), Catch::Contains(digest_of_abc.text()));

  const fs::path target = box.root / "out" / "target";
  fs::create_directories(target.parent_path());
  CHECK(error_of([&] { store->materialise(digest_of_abc, target, false, {}); }).kind() == ErrorKind::integrity);
  CHECK(files_below(target.parent_path()).empty());
}

TEST_CASE("putting the content again heals an object of the wrong size") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  fs::resize_file(object_path(box.store, digest_of_abc), 1);
  CHECK(store->put_bytes("abc").was_new);
  CHECK(store->verify(digest_of_abc, {}) == Intactness::intact);
}

TEST_CASE("only as many bytes are read as the caller expects") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  CHECK_THAT(error_of([&] { store->get_bytes(digest_of_abc, 2); }).message(), Catch::Contains("2 B"));
}

TEST_CASE("a materialised file has its bytes and a mode that honours the umask") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  const mode_t before = ::umask(027);
  store->materialise(digest_of_abc, box.root / "plain", false, {});
  store->materialise(digest_of_abc, box.root / "script", true, {});
  ::umask(before);
  CHECK(text_of(box.root / "plain") == "abc");
  CHECK(mode_of(box.root / "plain") == 0640);
  CHECK(mode_of(box.root / "script") == 0750);
}

TEST_CASE("materialising never replaces what is there") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  write(box.root / "target", "mine");
  CHECK(error_of([&] { store->materialise(digest_of_abc, box.root / "target", false, {}); }).kind() ==
        ErrorKind::conflict);
  CHECK(text_of(box.root / "target") == "mine");
}

}  // namespace
}  // namespace mlops::artifacts
