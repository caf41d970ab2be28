#include "local/file_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "local/index_segment.hpp"
#include "local/pack_writer.hpp"
#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

const LocalOptions zstd{.compression = Compression::zstd, .command = {}};

StoredObject put(const Sandbox& box, std::string_view content, const LocalOptions& options = {}) {
  return open_local_store(box.store, options)->put_file(write(box.root / "source", content), {});
}

std::string got(const Sandbox& box, const Digest& digest) { return content_of(*open_local_store(box.store), digest); }

TEST_CASE("a file of any size comes back as it was") {
  const Sandbox box;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{131'072}, std::size_t{131'073}, std::size_t{1'048'576},
        std::size_t{1'048'577}, std::size_t{4'194'304}, std::size_t{4'194'305}, std::size_t{20'000'000}}) {
    CAPTURE(size);
    const std::string content = random_bytes(size, size);
    const StoredObject stored = put(box, content);
    CHECK(stored.digest == named(content));
    CHECK(stored.size == size);
    CHECK(got(box, stored.digest) == content);
    CHECK(open_local_store(box.store)->size(stored.digest) == size);
    CHECK(open_local_store(box.store)->verify(stored.digest, {}) == Intactness::intact);
  }
}

TEST_CASE("a file so large that its list of chunks is cut too comes back as it was") {
  const Sandbox box;
  const std::string content = random_bytes(80'000'000, 1);
  const StoredObject stored = put(box, content);
  CHECK(got(box, stored.digest) == content);
}

TEST_CASE("an inserted byte costs little") {
  const Sandbox box;
  std::string content = random_bytes(20'000'000, 2);
  put(box, content);
  const std::uint64_t before = bytes_kept(box.store);
  content.insert(7'000'000, "x");
  const StoredObject stored = put(box, content);
  CHECK(bytes_kept(box.store) - before < 1u << 20);
  CHECK(got(box, stored.digest) == content);
}

TEST_CASE("a change of one part in a hundred costs little more than its size") {
  const Sandbox box;
  std::string content = random_bytes(20'000'000, 3);
  put(box, content);
  const std::uint64_t before = bytes_kept(box.store);
  const std::string changed = random_bytes(200'000, 4);
  content.replace(10'000'000, changed.size(), changed);
  const StoredObject stored = put(box, content);
  CHECK(bytes_kept(box.store) - before <= changed.size() * 11 / 10 + (1u << 20));
  CHECK(got(box, stored.digest) == content);
}

TEST_CASE("what repeats within a file, or in several of one put, is stored once") {
  const Sandbox box;
  const std::string part = random_bytes(2'000'000, 5);
  const auto store = open_local_store(box.store);
  const std::vector sources{write(box.root / "a", part + part + part), write(box.root / "b", part),
                            write(box.root / "c", part)};
  const auto stored = put_all(*store, sources);
  CHECK(bytes_kept(box.store) < 2'700'000);
  CHECK(content_of(*store, stored[0].digest) == part + part + part);
  CHECK(content_of(*store, stored[2].digest) == part);
}

TEST_CASE("compressed chunks are read by whoever reads, and the other way round") {
  const Sandbox box;
  std::string text;
  while (text.size() < 5'000'000) text += "epoch " + std::to_string(text.size()) + ", loss 0.25, accuracy 0.75\n";
  const std::string weights = random_bytes(5'000'000, 6);
  const Digest packed = put(box, text + weights, zstd).digest;
  CHECK(bytes_kept(box.store) < 7'500'000);
  CHECK(got(box, packed) == text + weights);
  CHECK_FALSE(put(box, text + weights, LocalOptions{}).was_new);
  // What is new joins them uncompressed.
  const Digest plain = put(box, "x" + text).digest;
  CHECK(got(box, plain) == "x" + text);
  CHECK(content_of(*open_local_store(box.store, zstd), plain) == "x" + text);
}

TEST_CASE("a flipped bit in a pack is told with the pack's name, and costs only what it hit") {
  const Sandbox box;
  const std::string content = random_bytes(6'000'000, 7);
  const Digest digest = put(box, content).digest;
  const Digest other = open_local_store(box.store)->put_bytes("other").digest;
  const auto packs = packs_of(box.store);
  const fs::path pack = *std::ranges::max_element(packs, {}, [](const fs::path& path) { return fs::file_size(path); });
  flip_byte(pack, fs::file_size(pack) / 2);
  const auto store = open_local_store(box.store);
  CHECK(store->verify(digest, {}) == Intactness::damaged);
  const Error error = error_of([&] { content_of(*store, digest); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.message(), Catch::Contains(pack.string()));
  CHECK(content_of(*store, other) == "other");
}

// Enough packs for segments; returns what was stored.
std::vector<Digest> fill(const Sandbox& box) {
  std::vector<Digest> digests;
  for (std::uint64_t i = 0; i < 20; ++i) digests.push_back(put(box, random_bytes(300'000, 100 + i)).digest);
  return digests;
}

TEST_CASE("a damaged or missing index loses nothing") {
  const Sandbox box;
  const auto digests = fill(box);
  const auto segments = files_below(box.store / "objects" / "index");
  REQUIRE_FALSE(segments.empty());
  const bool is_removed = GENERATE(true, false);
  for (const std::string& name : segments) {
    const fs::path segment = box.store / "objects" / "index" / name;
    if (is_removed) {
      fs::remove(segment);
      continue;
    }
    // A byte of every entry, now of its digest, now of its place.
    for (std::size_t at = segment_header_size + 5; at < fs::file_size(segment); at += 51) flip_byte(segment, at);
  }
  for (std::size_t i = 0; i < digests.size(); ++i) {
    CHECK(got(box, digests[i]) == random_bytes(300'000, 100 + i));
    CHECK(open_local_store(box.store)->verify(digests[i], {}) == Intactness::intact);
  }
}

TEST_CASE("what another command stores meanwhile is found") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  store->put_bytes("first");
  const Digest digest = put(box, random_bytes(300'000, 8)).digest;
  CHECK(content_of(*store, digest) == random_bytes(300'000, 8));
}

TEST_CASE("a recipe that leads to other bytes than its file's is not handed out as the file") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  const std::string content = random_bytes(300'000, 9);
  put(box, content);
  PackIndex index{layout};
  index.load();
  PackReader packs{layout, index};
  const Recipe recipe = packs.recipe(named(content)).value();
  // The same chunks under the name of another file, sealed as the real one is.
  const std::string forged = encode_recipe(recipe);
  const auto size = static_cast<std::uint32_t>(forged.size());
  PackWriter writer{layout, "test-"};
  const PackWriter::Item item{{.digest = named("other"), .stored_size = size, .size = size, .kind = RecordKind::file},
                              bytes_of(forged)};
  writer.append({&item, 1});
  writer.publish(layout);
  const auto store = open_local_store(box.store);
  CHECK(store->verify(named("other"), {}) == Intactness::damaged);
  CHECK(error_of([&] { content_of(*store, named("other")); }).kind() == ErrorKind::integrity);
}

TEST_CASE("an error while a large file is read ends the reading") {
  const Sandbox box;
  const std::string content = random_bytes(20'000'000, 10);
  const Digest digest = put(box, content).digest;
  const auto store = open_local_store(box.store);
  std::uint64_t seen = 0;
  const auto stop = [&seen](std::span<const std::byte> piece) {
    seen += piece.size();
    if (seen > 2'000'000) throw Error{ErrorKind::interrupted, "interrupted"};
  };
  CHECK(error_of([&] { store->read(digest, stop, {}); }).kind() == ErrorKind::interrupted);
  CHECK(content_of(*store, digest) == content);
}

}  // namespace
}  // namespace mlops::artifacts
