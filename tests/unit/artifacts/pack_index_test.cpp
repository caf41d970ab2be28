#include "local/pack_index.hpp"

#include <catch2/catch.hpp>

#include "local/pack_writer.hpp"
#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// Packs of one chunk each: its bytes are its number.
struct Library {
  Sandbox box;
  LocalLayout layout{box.store};
  PackIndex index{layout};

  Library() {
    fs::create_directories(layout.packs());
    fs::create_directories(layout.index());
    fs::create_directories(layout.temporaries());
  }
  [[nodiscard]] static Digest chunk(int number) { return named(std::to_string(number)); }
  struct Published {
    Digest pack;
    std::vector<Record> table;
  };
  [[nodiscard]] Published publish(int number) const {
    const std::string bytes = std::to_string(number);
    PackWriter writer{layout, "test-"};
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const PackWriter::Item item{{.digest = chunk(number), .stored_size = size, .size = size}, bytes_of(bytes)};
    writer.append({&item, 1});
    const Digest pack = writer.publish(layout);
    return {pack, writer.records()};
  }
  void publish_all(int count) {
    for (int i = 0; i < count; ++i) {
      auto [pack, table] = publish(i);
      index.add(pack, std::move(table));
    }
  }
  [[nodiscard]] std::size_t segments() const { return files_below(layout.index()).size(); }
  // The pack of the chunk, as a command that starts now sees it.
  [[nodiscard]] std::optional<Digest> found(int number, CheckSegments check = CheckSegments::no) const {
    PackIndex fresh{layout};
    fresh.load(check);
    const auto place = fresh.find(chunk(number), RecordKind::chunk);
    return place ? std::optional{place->pack} : std::nullopt;
  }
};

TEST_CASE("packs that no segment covers are found by their own tables") {
  const Library library;
  const Digest pack = library.publish(1).pack;
  CHECK(library.found(1) == pack);
  CHECK_FALSE(library.found(2));
  PackIndex index{library.layout};
  index.load();
  CHECK(index.packs() == std::set{pack});
  CHECK_FALSE(index.find(Library::chunk(1), RecordKind::file));
}

TEST_CASE("an index over nothing finds nothing") {
  const Sandbox box;
  PackIndex index{LocalLayout{box.store}};
  index.load();
  CHECK_FALSE(index.find(named("abc"), RecordKind::chunk));
  CHECK(index.packs().empty());
  CHECK_FALSE(fs::exists(box.store));
}

TEST_CASE("many tables are gathered into one segment") {
  Library library;
  library.publish_all(8);
  library.index.compact();
  CHECK(library.segments() == 0);
  library.publish_all(30);
  library.index.compact();
  CHECK(library.segments() == 1);
  for (int i = 0; i < 30; ++i) {
    CHECK(library.found(i).has_value());
    CHECK(library.index.find(Library::chunk(i), RecordKind::chunk));
  }
}

TEST_CASE("segments stay few however many packs come") {
  Library library;
  for (int i = 0; i < 100; ++i) {
    auto [pack, table] = library.publish(i);
    library.index.add(pack, std::move(table));
    library.index.compact();
  }
  CHECK(library.segments() <= 9);
  for (int i = 0; i < 100; ++i) REQUIRE(library.found(i));
}

TEST_CASE("condemned packs are read, but nothing new relies on them") {
  Library library;
  const Digest pack = library.publish(1).pack;
  write(library.layout.condemned(), pack.hex() + "\n");
  library.index.load();
  CHECK(library.index.find(Library::chunk(1), RecordKind::chunk)->pack == pack);
  CHECK_FALSE(library.index.find_lasting(Library::chunk(1), RecordKind::chunk));
}

TEST_CASE("a list of condemned packs that makes no sense condemns nothing") {
  const Sandbox box;
  CHECK(read_condemned(box.root / "missing").empty());
  CHECK(read_condemned(write(box.root / "empty", "")).empty());
  CHECK(read_condemned(write(box.root / "text", "no\n\ndigests\n")).empty());
  const Digest pack = named("pack");
  CHECK(read_condemned(write(box.root / "cut", pack.hex() + "\n" + pack.hex().substr(1))) == std::set{pack});
  CHECK(read_condemned(write(box.root / "no end", pack.hex())) == std::set{pack});
}

TEST_CASE("of two packs with the same chunk the one that stays comes first") {
  Library library;
  const Digest going = library.publish(1).pack;
  PackWriter writer{library.layout, "test-"};
  for (const std::string_view text : {"1", "and more"}) {
    const auto size = static_cast<std::uint32_t>(text.size());
    const PackWriter::Item item{{.digest = named(text), .stored_size = size, .size = size}, bytes_of(text)};
    writer.append({&item, 1});
  }
  const Digest staying = writer.publish(library.layout);
  write(library.layout.condemned(), going.hex());
  library.index.load();
  const auto places = library.index.find_all(Library::chunk(1), RecordKind::chunk);
  REQUIRE(places.size() == 2);
  CHECK(places[0].pack == staying);
  CHECK(places[1].pack == going);
  CHECK(library.index.find_lasting(Library::chunk(1), RecordKind::chunk)->pack == staying);
}

TEST_CASE("a pack that is gone is not found by the segment that names it") {
  Library library;
  library.publish_all(20);
  library.index.compact();
  fs::remove(library.layout.pack(*library.found(3)));
  CHECK_FALSE(library.found(3));
  CHECK(library.found(4));
}

TEST_CASE("a pack that was gone while segments were gathered is found again when it comes back") {
  Library library;
  library.publish_all(20);
  library.index.compact();
  const fs::path pack = library.layout.pack(*library.found(3));
  fs::rename(pack, library.box.root / "aside");
  library.index.load();
  library.publish_all(60);  // number 3 too: removed again, so that only the segment could tell of it
  fs::remove(pack);
  library.index.load();
  library.index.compact();
  REQUIRE_FALSE(library.found(3));
  fs::rename(library.box.root / "aside", pack);
  CHECK(library.found(3));
}

TEST_CASE("segments may be deleted, cut or damaged at any time") {
  Library library;
  library.publish_all(20);
  library.index.compact();
  REQUIRE(library.segments() == 1);
  const fs::path segment = library.layout.index() / *files_below(library.layout.index()).begin();
  SECTION("deleted") { fs::remove(segment); }
  SECTION("cut") { fs::resize_file(segment, fs::file_size(segment) - 1); }
  SECTION("emptied") { fs::resize_file(segment, 0); }
  SECTION("of a newer format") { flip_byte(segment, 8); }
  for (int i = 0; i < 20; ++i) CHECK(library.found(i));
}

TEST_CASE("a segment that was damaged inside is recognised when something is missed") {
  Library library;
  library.publish_all(20);
  library.index.compact();
  const fs::path segment = library.layout.index() / *files_below(library.layout.index()).begin();
  const std::string digest{reinterpret_cast<const char*>(Library::chunk(7).bytes().data()), Digest::size};
  flip_byte(segment, text_of(segment).find(digest));
  CHECK_FALSE(library.found(7));
  CHECK(library.found(7, CheckSegments::yes));
}

TEST_CASE("damage is not gathered into a sound segment") {
  Library library;
  library.publish_all(20);
  library.index.compact();
  const fs::path segment = library.layout.index() / *files_below(library.layout.index()).begin();
  const std::string digest{reinterpret_cast<const char*>(Library::chunk(7).bytes().data()), Digest::size};
  flip_byte(segment, text_of(segment).find(digest));
  for (int i = 100; i < 120; ++i) (void)library.publish(i);
  library.index.load();
  library.index.compact();
  for (int i = 0; i < 20; ++i) CHECK(library.found(i, CheckSegments::yes));
  for (int i = 100; i < 120; ++i) CHECK(library.found(i));
}

TEST_CASE("a rebuilt index covers exactly the packs that are there") {
  Library library;
  library.publish_all(20);
  library.index.compact();
  fs::remove(library.layout.pack(*library.found(3)));
  write(library.layout.index() / "broken.idx", "no segment");
  (void)library.publish(100);
  library.index.rebuild();
  CHECK(library.segments() == 1);
  const auto segments = library.index.segments();
  REQUIRE(segments.size() == 1);
  CHECK(segments[0]->view().is_intact());
  CHECK(segments[0]->view().packs().size() == 20);
  CHECK(library.index.damaged_segments().empty());
  CHECK(library.found(100));
  CHECK_FALSE(library.found(3));
}

TEST_CASE("the index of an empty store is rebuilt to nothing") {
  const Library library;
  PackIndex index{library.layout};
  index.rebuild();
  CHECK(library.segments() == 0);
}

TEST_CASE("a pack whose table is damaged is said to be unreadable") {
  Library library;
  const Digest pack = library.publish(1).pack;
  (void)library.publish(2);
  flip_byte(library.layout.pack(pack), fs::file_size(library.layout.pack(pack)) - 40);
  library.index.load();
  CHECK(library.index.unreadable() == std::vector{pack});
  CHECK_FALSE(library.found(1));
  CHECK(library.found(2));
}

}  // namespace
}  // namespace mlops::artifacts
