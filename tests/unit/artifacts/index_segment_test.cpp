#include "local/index_segment.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

Record record_numbered(std::size_t number, const Digest& digest) {
  return {.digest = digest, .offset = static_cast<std::uint32_t>(16 + 100 * number), .stored_size = 52, .size = 52};
}

std::vector<Record> records_named(std::string_view prefix, std::size_t count) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    records.push_back(record_numbered(i, named(std::string{prefix} + std::to_string(i))));
  }
  std::ranges::sort(records, ByDigest{});
  return records;
}

// Digests that begin alike, as somebody who wants to slow a search down would choose them.
std::vector<Record> skewed_records(std::size_t count) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    Digest::Bytes bytes{};
    if (i == 0) bytes.fill(0);
    if (i + 1 == count) bytes.fill(0xFF);
    if (i > 0 && i + 1 < count) {
      bytes[7] = 1;
      bytes[30] = static_cast<std::uint8_t>(i >> 8);
      bytes[31] = static_cast<std::uint8_t>(i);
    }
    records.push_back(record_numbered(i, Digest{bytes}));
  }
  return records;
}

SegmentSource source_of(const Digest& pack, const std::vector<Record>& records) {
  return {.packs = {pack}, .count = records.size(), .entry = [&records](std::size_t index) {
            return std::optional{IndexSegmentView::Entry{0, records[index]}};
          }};
}

struct SegmentBox {
  Sandbox box;
  fs::path folder = box.root / "index";
  fs::path temporaries = box.root / "tmp";
  SegmentBox() {
    fs::create_directory(folder);
    fs::create_directory(temporaries);
  }
  [[nodiscard]] fs::path write(const std::vector<SegmentSource>& sources) const {
    return write_segment(folder, temporaries, sources);
  }
};

// The place that the segment has of a record, found as a reader finds it.
std::optional<IndexSegmentView::Entry> find(const IndexSegmentView& view, const Digest& digest) {
  const std::size_t at = view.lower_bound(digest);
  if (at == view.size() || view.digest(at) != digest) return std::nullopt;
  return view.entry(at);
}

TEST_CASE("a segment of many tables has every record of each") {
  const SegmentBox box;
  const auto first = records_named("first", 1000);
  const auto second = records_named("second", 3);
  const fs::path path = box.write({source_of(named("pack 1"), first), source_of(named("pack 2"), second)});
  CHECK(files_below(box.temporaries).empty());
  CHECK(mode_of(path) == 0444);
  const auto segment = IndexSegment::open(path);
  REQUIRE(segment);
  const IndexSegmentView& view = segment->view();
  CHECK(view.is_intact());
  CHECK(view.size() == 1003);
  CHECK(view.packs() == std::vector{named("pack 1"), named("pack 2")});
  for (const auto& [pack, records] : {std::pair{0u, first}, std::pair{1u, second}}) {
    for (const Record& record : records) {
      const auto entry = find(view, record.digest);
      REQUIRE(entry);
      CHECK(entry->pack == pack);
      CHECK(entry->record == record);
    }
  }
  CHECK_FALSE(find(view, named("nobody")));
}

TEST_CASE("a segment that is cut while it is open is damaged, and ends nothing") {
  const SegmentBox box;
  const auto records = records_named("r", 5000);
  const fs::path path = box.write({source_of(named("pack"), records)});
  const auto segment = IndexSegment::open(path);
  REQUIRE(segment);
  CHECK(segment->view().is_intact());
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  fs::resize_file(path, GENERATE(0u, 10'000u, 200'000u));
  CHECK_FALSE(segment->view().is_intact());
  std::size_t found = 0;
  for (const Record& record : records) found += find(segment->view(), record.digest) ? 1 : 0;
  CHECK(found < records.size());
  EntriesInOrder entries{segment->view()};
  CHECK_FALSE(entries.entry(records.size() - 1));
}

TEST_CASE("entries in order are those of the segment") {
  const SegmentBox box;
  const auto records = records_named("r", 5000);
  const auto segment = IndexSegment::open(box.write({source_of(named("pack"), records)}));
  REQUIRE(segment);
  EntriesInOrder entries{segment->view()};
  for (const std::size_t index : {0u, 1u, 1023u, 1024u, 4999u, 3000u, 5u}) {
    const auto entry = entries.entry(index);
    REQUIRE(entry);
    CHECK(entry->record == records[index]);
  }
}

TEST_CASE("every entry is found however unevenly the digests are spread") {
  const SegmentBox box;
  const std::size_t count = GENERATE(as<std::size_t>{}, 0, 1, 2, 17, 5000);
  const auto records = count == 0 ? std::vector<Record>{} : skewed_records(count);
  const auto segment = IndexSegment::open(box.write({source_of(named("pack"), records)}));
  REQUIRE(segment);
  for (const Record& record : records) REQUIRE(find(segment->view(), record.digest));
  Digest::Bytes absent{};
  absent[7] = 1;
  absent[8] = 1;
  CHECK_FALSE(find(segment->view(), Digest{absent}));
}

TEST_CASE("the segments of the same packs name each pack once") {
  const SegmentBox box;
  const auto records = records_named("r", 10);
  const auto segment =
      IndexSegment::open(box.write({source_of(named("pack 1"), records), source_of(named("pack 1"), records)}));
  REQUIRE(segment);
  CHECK(segment->view().packs() == std::vector{named("pack 1")});
  CHECK(segment->view().size() == 20);
}

TEST_CASE("a segment with any bit flipped is no segment, or known to be damaged") {
  const SegmentBox box;
  const auto records = records_named("r", 5);
  const std::string bytes = text_of(box.write({source_of(named("pack"), records)}));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    CAPTURE(bit);
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto view = IndexSegmentView::parse(bytes_of(damaged));
    if (!view) continue;
    const bool is_reserved = bit / 8 >= 56 && bit / 8 < 64;
    CHECK(view->is_intact() == is_reserved);
    // Whatever it says, looking into it ends and stays within it.
    for (const Record& record : records) CHECK(view->lower_bound(record.digest) <= view->size());
    for (std::size_t i = 0; i < view->size(); ++i) {
      if (const auto entry = view->entry(i)) CHECK(entry->pack < view->packs().size());
    }
  }
}

TEST_CASE("a segment whose counts don't fit its size is refused") {
  const SegmentBox box;
  const auto records = records_named("r", 5);
  const fs::path path = box.write({source_of(named("pack"), records)});
  const std::string bytes = text_of(path);
  REQUIRE(IndexSegmentView::parse(bytes_of(bytes)));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(IndexSegmentView::parse(bytes_of(bytes).first(size)));
  CHECK_FALSE(IndexSegmentView::parse(bytes_of(bytes + "x")));
  for (const std::size_t at : {12u, 16u}) {
    std::string hostile = bytes;
    hostile.replace(at, at == 12 ? 4 : 8, at == 12 ? 4 : 8, '\xFF');
    CHECK_FALSE(IndexSegmentView::parse(bytes_of(hostile)));
  }
  fs::resize_file(path, 10);
  CHECK_FALSE(IndexSegment::open(path));
  CHECK_FALSE(IndexSegment::open(box.folder / "missing.idx"));
  CHECK_FALSE(IndexSegment::open(box.folder));
}

}  // namespace
}  // namespace mlops::artifacts
