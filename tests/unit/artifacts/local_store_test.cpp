#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// FIPS 180-2, appendix B.1, and `sha256sum </dev/null`.
const Digest digest_of_abc = *Digest::from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
const Digest digest_of_nothing = *Digest::from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
// head -c 3000000 /dev/zero | tr '\0' a | sha256sum
const Digest digest_of_3_million_a =
    *Digest::from_hex("2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4");

// A pack is named by the SHA-256 of its table: of one chunk, that is its digest, offset 16, 3 bytes, kind and encoding.
const Digest pack_of_abc =
    named(std::string{reinterpret_cast<const char*>(digest_of_abc.bytes().data()), Digest::size} +
          std::string{"\x10\0\0\0\3\0\0\0\3\0\0\0\1\0\0\0", 16});

void copy_to(ArtifactStore& store, const Digest& digest, const fs::path& target, const Progress& progress = {}) {
  const FileDescriptor file{::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  REQUIRE(file.valid());
  store.copy_to(digest, file.get(), target, progress);
}

TEST_CASE("bytes are stored read-only in a pack under their SHA-256") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  CHECK_FALSE(fs::exists(box.store));

  const StoredObject stored = store->put_bytes("abc");
  CHECK(stored.digest == digest_of_abc);
  CHECK(stored.size == 3);
  CHECK(stored.was_new);
  const std::string pack = "objects/packs/" + pack_of_abc.hex() + ".pack";
  CHECK(kept_files(box.store) == std::set<std::string>{pack});
  CHECK(mode_of(box.store / pack) == 0444);
  CHECK(store->has(digest_of_abc));
  CHECK(store->size(digest_of_abc) == 3u);
  CHECK(store->get_bytes(digest_of_abc, 3) == "abc");
}

TEST_CASE("a lease tells of the command while its store lives") {
  const Sandbox box;
  {
    const auto store = open_local_store(box.store, {.command = "register"});
    store->put_bytes("abc");
    const auto leases = files_below(box.store / "objects" / "leases");
    REQUIRE(leases.size() == 1);
    CHECK_THAT(text_of(box.store / "objects" / "leases" / *leases.begin()), Catch::StartsWith("register, process "));
    CHECK(open_local_store(box.store)->get_bytes(digest_of_abc, 3) == "abc");
    CHECK(files_below(box.store / "objects" / "leases") == leases);
  }
  CHECK(files_below(box.store / "objects" / "leases").empty());
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
  for (const fs::path& pack : packs_of(box.store)) CHECK(mode_of(pack) == 0444);
  CHECK(files_below(box.store / "tmp").empty());
  CHECK(content_of(*store, digest_of_nothing).empty());
  CHECK(content_of(*store, digest_of_3_million_a) == std::string(3'000'000, 'a'));
}

TEST_CASE("a store that reads back what it has written stores the same") {
  const Sandbox box;
  const std::vector sources{write(box.root / "small", "abc"), write(box.root / "large", random_bytes(3'000'000, 1))};
  const auto stored = put_all(*open_local_store(box.store, {.read_back = true}), sources);
  const auto plain = put_all(*open_local_store(box.root / "plain"), sources);
  for (const std::size_t i : {0u, 1u}) {
    CHECK(stored[i].digest == plain[i].digest);
    CHECK(open_local_store(box.store)->verify(stored[i].digest, {}) == Intactness::intact);
  }
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("the same content is stored once") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  for (const std::string& content : {std::string{"abc"}, std::string(2'000'000, 'b')}) {
    const fs::path source = write(box.root / "source", content);
    CHECK(store->put_file(source, {}).was_new);
    const auto before = kept_files(box.store);
    CHECK_FALSE(store->put_file(source, {}).was_new);
    CHECK_FALSE(open_local_store(box.store)->put_bytes(content).was_new);
    CHECK(kept_files(box.store) == before);
  }
}

TEST_CASE("many files are stored in the order given") {
  const Sandbox box;
  std::vector<fs::path> sources;
  for (int i = 0; i < 200; ++i) sources.push_back(write(box.root / "in" / std::to_string(i), std::to_string(i)));
  const auto store = open_local_store(box.store);
  const auto stored = put_all(*store, sources);
  REQUIRE(stored.size() == sources.size());
  for (std::size_t i = 0; i < stored.size(); ++i) CHECK(stored[i].digest == sha256(std::to_string(i)));
  for (std::size_t i = 0; i < stored.size(); ++i) CHECK(content_of(*store, stored[i].digest) == std::to_string(i));
  // One for each thread at the most.
  CHECK(packs_of(box.store).size() <= std::thread::hardware_concurrency());
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("what is put in one batch is in one pack, and there when the batch is finished") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const std::vector sources{write(box.root / "a", "aaa"), write(box.root / "b", random_bytes(200'000, 1))};
  {
    const auto batch = store->begin_put({});
    const auto files = batch->put_files(sources, {});
    CHECK(batch->put_bytes("manifest").was_new);
    CHECK_FALSE(batch->put_bytes("aaa").was_new);
    CHECK_FALSE(batch->holds(files[1].digest));
    CHECK(packs_of(box.store).empty());
    SECTION("finished") {
      batch->finish();
      CHECK(batch->holds(files[1].digest));
      CHECK(packs_of(box.store).size() == 1);
      CHECK(content_of(*open_local_store(box.store), files[1].digest) == random_bytes(200'000, 1));
      CHECK(content_of(*store, sha256("manifest")) == "manifest");
    }
  }
  CHECK(files_below(box.store / "tmp").empty());
  CHECK(store->has(sha256("manifest")) == !packs_of(box.store).empty());
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
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("a file that changes while it is read is refused and leaves nothing") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const std::size_t size = GENERATE(3u, 3'000'000u);
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
  CHECK(kept_files(box.store).empty());
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
  CHECK(kept_files(box.store).empty());
}

TEST_CASE("one bad file among many ends the putting with its error") {
  const Sandbox box;
  std::vector<fs::path> sources;
  for (int i = 0; i < 50; ++i) sources.push_back(write(box.root / "in" / std::to_string(i), std::to_string(i)));
  sources[25] = box.root / "missing.bin";
  const auto store = open_local_store(box.store);
  CHECK_THAT(error_of([&] { put_all(*store, sources); }).message(), Catch::Contains("missing.bin"));
  CHECK(files_below(box.store / "tmp").empty());
}

TEST_CASE("a progress that throws ends the work and leaves nothing half-done") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const Progress interrupt = [](std::uint64_t) { throw Error{ErrorKind::interrupted, "interrupted"}; };
  const fs::path source = write(box.root / "source", std::string(3'000'000, 'a'));
  CHECK(error_of([&] { store->put_file(source, interrupt); }).kind() == ErrorKind::interrupted);
  CHECK(kept_files(box.store).empty());

  const Digest digest = store->put_file(source, {}).digest;
  CHECK(error_of([&] { copy_to(*store, digest, box.root / "target", interrupt); }).kind() == ErrorKind::interrupted);
  CHECK(error_of([&] { store->verify(digest, interrupt); }).kind() == ErrorKind::interrupted);
}

TEST_CASE("a missing object is said to be missing") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  CHECK_FALSE(store->has(digest_of_abc));
  CHECK_FALSE(store->size(digest_of_abc));
  CHECK(store->verify(digest_of_abc, {}) == Intactness::missing);
  CHECK(error_of([&] { store->get_bytes(digest_of_abc, 10); }).kind() == ErrorKind::not_found);
  CHECK(error_of([&] { copy_to(*store, digest_of_abc, box.root / "target"); }).kind() == ErrorKind::not_found);
}

TEST_CASE("a damaged object is never handed out, and the error names the place") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  const fs::path pack = packs_of(box.store).at(0);
  SECTION("when one bit of its bytes changed") { flip_byte(pack, pack_header_size + record_header_size + 1); }
  SECTION("when one bit of its header changed") { flip_byte(pack, pack_header_size + 20); }
  SECTION("when it was cut") { fs::resize_file(pack, pack_header_size + record_header_size + 2); }
  CHECK(store->verify(digest_of_abc, {}) == Intactness::damaged);
  const Error error = error_of([&] { store->get_bytes(digest_of_abc, 10); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.message(), Catch::Contains(digest_of_abc.text()) && Catch::Contains(pack.string()));
  CHECK_THROWS_AS(open_local_store(box.store)->get_bytes(digest_of_abc, 10), Error);
  CHECK(error_of([&] { copy_to(*store, digest_of_abc, box.root / "target"); }).kind() == ErrorKind::integrity);
  CHECK(text_of(box.root / "target").empty());
}

TEST_CASE("a chunk that is damaged in one pack is taken from another that has it") {
  const Sandbox box;
  // The second has not looked since the first stored the file.
  const auto first = open_local_store(box.store);
  const auto second = open_local_store(box.store);
  second->put_bytes("abc");
  const std::string content = random_bytes(300'000, 1);
  const Digest digest = first->put_bytes(content).digest;
  const auto before = packs_of(box.store);
  const fs::path pack = *std::ranges::max_element(before, {}, [](const fs::path& path) { return fs::file_size(path); });
  second->put_bytes(content + random_bytes(300'000, 2));
  flip_byte(pack, pack_header_size + record_header_size);
  CHECK(content_of(*open_local_store(box.store), digest) == content);
}

TEST_CASE("objects of older versions are read, verified and copied") {
  const Sandbox box;
  const std::string large = random_bytes(2'000'000, 1);
  for (const std::string_view content : {std::string_view{"abc"}, std::string_view{large}}) {
    const Digest digest = named(content);
    fs::permissions(put_whole(box.store, content), fs::perms{0444});
    const auto store = open_local_store(box.store);
    CHECK(store->has(digest));
    CHECK(store->size(digest) == content.size());
    CHECK(store->verify(digest, {}) == Intactness::intact);
    CHECK(content_of(*store, digest) == content);
    copy_to(*store, digest, box.root / digest.hex());
    CHECK(text_of(box.root / digest.hex()) == content);
  }
}

TEST_CASE("a damaged object of an older version is never handed out") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const fs::path object = put_whole(box.store, "abc");
  SECTION("when one bit changed") { flip_byte(object, 1); }
  SECTION("when it was cut") { fs::resize_file(object, 2); }
  CHECK(store->verify(digest_of_abc, {}) == Intactness::damaged);
  const Error error = error_of([&] { store->get_bytes(digest_of_abc, 10); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.message(), Catch::Contains(digest_of_abc.text()));
  CHECK(error_of([&] { copy_to(*store, digest_of_abc, box.root / "target"); }).kind() == ErrorKind::integrity);
}

TEST_CASE("what is no file in the place of an object is not read") {
  const Sandbox box;
  const fs::path object = put_whole(box.store, "abc");
  fs::remove(object);
  SECTION("a symbolic link") { fs::create_symlink(write(box.root / "elsewhere", "abc"), object); }
  SECTION("a folder") { fs::create_directory(object); }
  const auto store = open_local_store(box.store);
  CHECK(store->verify(digest_of_abc, {}) != Intactness::intact);
  CHECK_THROWS_AS(store->get_bytes(digest_of_abc, 10), Error);
}

TEST_CASE("putting the content again heals an object whose pack was cut") {
  const Sandbox box;
  open_local_store(box.store)->put_bytes("abc");
  fs::resize_file(packs_of(box.store).at(0), 70);
  const auto store = open_local_store(box.store);
  CHECK(store->put_bytes("abc").was_new);
  CHECK(store->verify(digest_of_abc, {}) == Intactness::intact);
  CHECK(open_local_store(box.store)->get_bytes(digest_of_abc, 3) == "abc");
}

TEST_CASE("only as many bytes are read as the caller expects") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("abc");
  CHECK_THAT(error_of([&] { store->get_bytes(digest_of_abc, 2); }).message(), Catch::Contains("2 B"));
}

TEST_CASE("a pack that is about to go is read, but nothing new relies on it") {
  const Sandbox box;
  open_local_store(box.store)->put_bytes("abc");
  write(box.store / "objects" / "condemned", pack_of_abc.hex() + "\n");
  const auto store = open_local_store(box.store);
  CHECK(store->get_bytes(digest_of_abc, 3) == "abc");
  // A pack of just this chunk would have the name of the one that goes.
  CHECK(store->put_bytes("abc").was_new);
  CHECK_FALSE(store->put_bytes("abc").was_new);
  fs::remove(box.store / "objects/packs" / (pack_of_abc.hex() + ".pack"));
  CHECK(open_local_store(box.store)->get_bytes(digest_of_abc, 3) == "abc");
}

}  // namespace
}  // namespace mlops::artifacts
