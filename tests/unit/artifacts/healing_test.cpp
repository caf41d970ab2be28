// Storing the same bytes again heals what was found damaged.
#include <catch2/catch.hpp>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/maintenance.hpp>

#include "local/known_damage.hpp"
#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// A store with one file in it, and the file.
struct Clinic : Sandbox {
  explicit Clinic(std::size_t size) : content{random_bytes(size, 1)} {
    source = write(root / "source", content);
    digest = open_local_store(store)->put_file(source, {}).digest;
  }

  [[nodiscard]] fs::path pack() const { return packs_of(store).at(0); }
  // A bit in the middle of the data.
  void damage() const { flip_byte(pack(), fs::file_size(pack()) / 3); }
  void put_again(const PutOptions& options = {}) const {
    const auto artifacts = open_local_store(store);
    const auto batch = artifacts->begin_put(options);
    batch->put_files({&source, 1}, {});
    batch->finish();
  }
  // What is not sound, and whether anything is lost by it.
  [[nodiscard]] std::vector<Finding> findings() const {
    const std::vector<NeededObject> needed{{digest, content.size()}};
    return open_local_maintenance(store)->verify(needed, {.sample = 1}, {}).findings;
  }
  [[nodiscard]] bool is_lost() const {
    return std::ranges::any_of(findings(), [](const Finding& finding) { return finding.is_data; });
  }
  [[nodiscard]] bool is_intact() const {
    return open_local_store(store)->verify(digest, {}) == Intactness::intact &&
           content_of(*open_local_store(store), digest) == content;
  }
  // Without what reading it here would note.
  [[nodiscard]] bool has_notes() const { return fs::exists(store / "objects" / "damaged"); }

  std::string content;
  fs::path source;
  Digest digest;
};

TEST_CASE("what a verification found damaged is stored again with the same file") {
  const Clinic clinic{GENERATE(3u, 100'000u, 3'000'000u)};
  clinic.damage();
  clinic.put_again();
  CHECK(clinic.is_lost());  // nobody had noticed: what the index lists was trusted
  CHECK(clinic.has_notes());
  clinic.put_again();
  CHECK_FALSE(clinic.is_lost());
  CHECK(clinic.is_intact());
}

TEST_CASE("what reading found damaged is stored again with the same file") {
  const Clinic clinic{GENERATE(3u, 3'000'000u)};
  clinic.damage();
  SECTION("a verification of the one file") {
    CHECK(open_local_store(clinic.store)->verify(clinic.digest, {}) == Intactness::damaged);
  }
  SECTION("a checkout") {
    const std::vector<domain::FileEntry> files{{"file", clinic.digest, clinic.content.size(), false}};
    CHECK_THROWS_AS(checkout_files(*open_local_store(clinic.store), files, clinic.root / "out", {}, {}), Error);
  }
  CHECK(clinic.has_notes());
  clinic.put_again();
  CHECK(clinic.is_intact());
  CHECK_FALSE(clinic.is_lost());
}

TEST_CASE("only what is damaged is stored again") {
  const Clinic clinic{3'000'000};
  const auto before = bytes_kept(clinic.store);
  clinic.damage();
  CHECK(clinic.is_lost());
  clinic.put_again();
  CHECK(clinic.is_intact());
  CHECK(bytes_kept(clinic.store) < before + 200'000);
}

TEST_CASE("a put that compares heals what nobody had noticed") {
  const Clinic clinic{GENERATE(3u, 3'000'000u)};
  clinic.damage();
  clinic.put_again({.compare = true});
  CHECK(clinic.is_intact());
  CHECK_FALSE(clinic.is_lost());
}

TEST_CASE("a put that compares stores nothing when all is sound, compressed or not") {
  const Sandbox box;
  std::string text;
  while (text.size() < 500'000) text += "epoch " + std::to_string(text.size()) + ", loss 0.25\n";
  const std::vector sources{write(box.root / "a", random_bytes(3'000'000, 1)), write(box.root / "b", text),
                            write(box.root / "c", "")};
  const auto put = [&](const PutOptions& options) {
    const auto store = open_local_store(box.store, {.compression = Compression::zstd, .command = ""});
    const auto batch = store->begin_put(options);
    const auto stored = batch->put_files(sources, {});
    batch->finish();
    return stored;
  };
  put({});
  const auto before = kept_files(box.store);
  for (const StoredObject& stored : put({.compare = true})) CHECK_FALSE(stored.was_new);
  CHECK(kept_files(box.store) == before);
}

TEST_CASE("a damaged recipe is stored again") {
  const Clinic clinic{3'000'000};
  const std::string bytes = text_of(clinic.pack());
  const std::string hex{reinterpret_cast<const char*>(clinic.digest.bytes().data()), Digest::size};
  const std::size_t record = bytes.find(hex);
  REQUIRE(record != std::string::npos);
  flip_byte(clinic.pack(), record + Digest::size + 20);
  SECTION("once it was noticed") {
    CHECK(clinic.is_lost());
    clinic.put_again();
  }
  SECTION("when it is compared") { clinic.put_again({.compare = true}); }
  CHECK(clinic.is_intact());
}

TEST_CASE("a pack whose table is damaged is healed by one of the same name") {
  const Clinic clinic{100'000};
  const fs::path pack = clinic.pack();
  flip_byte(pack, fs::file_size(pack) - 70);
  CHECK(clinic.is_lost());
  clinic.put_again();
  CHECK(packs_of(clinic.store) == std::vector{pack});
  CHECK(clinic.findings().empty());
  CHECK(clinic.is_intact());
}

TEST_CASE("a whole object that is damaged is told, and not relied upon") {
  const Sandbox box;
  const fs::path object = put_whole(box.store, "abc");
  CHECK(open_local_store(box.store)->begin_put({})->holds(sha256("abc")));
  flip_byte(object, 1);
  CHECK(open_local_maintenance(box.store)->verify({}, {.sample = 1}, {}).findings.size() == 1);
  const auto store = open_local_store(box.store);
  CHECK_FALSE(store->begin_put({})->holds(sha256("abc")));
  store->put_bytes("abc");
  CHECK(store->begin_put({})->holds(sha256("abc")));
  CHECK(content_of(*store, sha256("abc")) == "abc");
}

TEST_CASE("a collection lets a damaged copy go once there is another") {
  const Clinic clinic{3'000'000};
  clinic.damage();
  CHECK(clinic.is_lost());
  const fs::path damaged = clinic.pack();
  // All of it in another pack, too.
  flip_byte(damaged, fs::file_size(damaged) - 70);
  CHECK(clinic.is_lost());
  const auto more = write(clinic.root / "more", clinic.content + "more");
  open_local_store(clinic.store)->put_file(more, {});
  clinic.put_again();
  CHECK(clinic.is_intact());
  CollectOptions options{.live = [&] { return std::vector{clinic.digest}; }, .stored_before = {}, .apply = true};
  open_local_maintenance(clinic.store)->collect(options, {});
  CHECK(clinic.is_intact());
}

// Notes of damage

Digest some_pack(const LocalLayout& layout, std::string_view name) {
  write(layout.pack(sha256(name)), "a pack");
  return sha256(name);
}

FileState state_of(const fs::path& file) {
  struct stat status = {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return file_state(status);
}

TEST_CASE("notes of damage are read back") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  const Digest one = some_pack(layout, "one");
  const Digest two = some_pack(layout, "two");
  const fs::path object = put_whole(box.store, "abc");
  KnownDamage damage;
  damage.add_record(one, 16, state_of(layout.pack(one)));
  damage.add_record(one, 4'000'000'000, state_of(layout.pack(one)));
  damage.add_pack(two, state_of(layout.pack(two)));
  damage.add_object(sha256("abc"), state_of(object));
  damage.write(layout);

  KnownDamage read = KnownDamage::read(layout);
  CHECK(read.has_record(one, 16));
  CHECK(read.has_record(one, 4'000'000'000));
  CHECK_FALSE(read.has_record(one, 17));
  CHECK(read.has_record(two, 17));
  CHECK(read.has_object(sha256("abc")));
  CHECK_FALSE(read.has_object(sha256("abcd")));

  SECTION("those of a file that was replaced mean nothing") {
    write(box.root / "new", "another");
    fs::rename(box.root / "new", layout.pack(one));
    fs::remove(object);
    read = KnownDamage::read(layout);
    CHECK_FALSE(read.has_record(one, 16));
    CHECK(read.has_record(two, 17));
    CHECK_FALSE(read.has_object(sha256("abc")));
  }
  SECTION("without any there is no file") {
    KnownDamage{}.write(layout);
    CHECK_FALSE(fs::exists(layout.damaged()));
    CHECK(KnownDamage::read(layout).empty());
  }
}

TEST_CASE("lines that are no notes are passed over") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  const Digest pack = some_pack(layout, "one");
  const FileState state = state_of(layout.pack(pack));
  const std::string file = "packs/" + pack.hex() + ".pack";
  const std::string stamp = " " + std::to_string(state.inode) + " " + std::to_string(state.changed);
  write(layout.damaged(), file + stamp + " 16\n" + file + stamp + " -1\n" + file + stamp + " 4294967296\n" + file +
                              "\n\n" + file + " 1 2 17\n../../../etc/passwd 1 2\n" + file + stamp + " 18 19\n" +
                              std::string{"\0\xff", 2});
  const KnownDamage read = KnownDamage::read(layout);
  CHECK(read.has_record(pack, 16));
  for (const std::uint32_t offset : {0u, 17u, 18u, 4'294'967'295u}) CHECK_FALSE(read.has_record(pack, offset));
}

TEST_CASE("whoever may only read finds damage all the same") {
  const Clinic clinic{100'000};
  clinic.damage();
  fs::permissions(clinic.root, fs::perms::all);
  fs::permissions(clinic.store / "objects", fs::perms{0555});
  {
    const AsNobody nobody;
    CHECK(open_local_store(clinic.store)->verify(clinic.digest, {}) == Intactness::damaged);
  }
  CHECK_FALSE(clinic.has_notes());
}

}  // namespace
}  // namespace mlops::artifacts
