#include "local/pack_format.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

std::string with_bit_flipped(std::string bytes, std::size_t bit) {
  bytes.at(bit / 8) = static_cast<char>(bytes.at(bit / 8) ^ (1 << (bit % 8)));
  return bytes;
}

std::string with_number(std::string bytes, std::size_t at, std::uint64_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes.at(at + i) = static_cast<char>(number >> (8 * i) & 0xFF);
  return bytes;
}

const Record raw{.digest = named("raw"), .offset = 16, .stored_size = 100, .size = 100};
const Record packed{.digest = named("packed"),
                    .offset = 164,
                    .stored_size = 40,
                    .size = 100'000,
                    .kind = RecordKind::chunk,
                    .encoding = Encoding::zstd};
const Record file{.digest = named("packed"), .offset = 252, .stored_size = 300, .size = 300, .kind = RecordKind::file};

// The table of a pack that holds the three records and nothing else, with its trailer.
struct Written {
  std::vector<Record> records{raw, packed, file};
  std::string table;
  PackTrailer trailer;
  std::uint64_t pack_size = 0;

  Written() {
    std::ranges::sort(records, ByDigest{});
    seal(records);
  }
  void seal(const std::vector<Record>& those) {
    table = encode_table(those);
    trailer = {.table = named(table), .table_offset = 600, .records = those.size()};
    pack_size = trailer.table_offset + table.size() + pack_trailer_size;
  }
  [[nodiscard]] auto decoded() const { return decode_table(bytes_of(table), trailer); }
};

TEST_CASE("what a pack says of itself is read as it was written") {
  CHECK(encode_pack_header().size() == pack_header_size);
  CHECK(is_pack_header(bytes_of(encode_pack_header())));
  for (const Record& record : {raw, packed, file}) {
    const std::string header = encode_record_header(record);
    CHECK(header.size() == record_header_size);
    CHECK(decode_record_header(bytes_of(header), record.offset) == record);
  }
  const Written written;
  CHECK(written.table.size() == 3 * table_entry_size);
  CHECK(written.decoded() == written.records);
  const std::string bytes = encode_trailer(written.trailer);
  CHECK(bytes.size() == pack_trailer_size);
  const auto trailer = decode_trailer(bytes_of(bytes), written.pack_size);
  REQUIRE(trailer);
  CHECK(trailer->table == written.trailer.table);
  CHECK(trailer->table_offset == 600);
  CHECK(trailer->records == 3);
}

TEST_CASE("a header with any bit flipped is no header") {
  const std::string header = encode_pack_header();
  for (std::size_t bit = 0; bit < 8 * header.size(); ++bit) {
    CHECK_FALSE(is_pack_header(bytes_of(with_bit_flipped(header, bit))));
  }
}

TEST_CASE("a record's header with any bit flipped is refused or another record's") {
  for (const Record& record : {raw, packed, file}) {
    const std::string header = encode_record_header(record);
    for (std::size_t bit = 0; bit < 8 * header.size(); ++bit) {
      CHECK(decode_record_header(bytes_of(with_bit_flipped(header, bit)), record.offset) != record);
    }
  }
}

TEST_CASE("a table with any bit flipped is refused") {
  Written written;
  const std::string table = written.table;
  for (std::size_t bit = 0; bit < 8 * table.size(); ++bit) {
    written.table = with_bit_flipped(table, bit);
    CHECK_FALSE(written.decoded());
  }
}

TEST_CASE("a trailer with any bit flipped is refused, or its table is, or the bit means nothing") {
  const Written written;
  const std::string bytes = encode_trailer(written.trailer);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    CAPTURE(bit);
    const auto trailer = decode_trailer(bytes_of(with_bit_flipped(bytes, bit)), written.pack_size);
    if (!trailer) continue;
    const bool is_digest = bit < 8 * Digest::size;
    const bool is_reserved = bit / 8 >= 52 && bit / 8 < 56;
    CHECK((is_digest || is_reserved));
    CHECK(decode_table(bytes_of(written.table), *trailer).has_value() == is_reserved);
  }
}

TEST_CASE("a trailer that does not fit its pack is refused") {
  const Written written;
  const std::string bytes = encode_trailer(written.trailer);
  const auto is_taken = [&written](const std::string& trailer) {
    return decode_trailer(bytes_of(trailer), written.pack_size).has_value();
  };
  REQUIRE(is_taken(bytes));
  for (const std::uint64_t hostile :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 31, std::uint64_t{1} << 32, std::uint64_t{1} << 60,
        ~std::uint64_t{0}, ~std::uint64_t{0} - 47}) {
    CAPTURE(hostile);
    CHECK_FALSE(is_taken(with_number(bytes, 32, hostile, 8)));
    CHECK_FALSE(is_taken(with_number(bytes, 40, hostile, 8)));
  }
  CHECK_FALSE(is_taken(bytes.substr(1)));
  CHECK_FALSE(decode_trailer(bytes_of(bytes), written.pack_size + 1));
  CHECK_FALSE(decode_trailer(bytes_of(bytes), 0));
}

TEST_CASE("a sealed table that no writer writes is refused all the same") {
  Written written;
  std::vector<Record> records = written.records;
  SECTION("out of order") { std::swap(records[0], records[2]); }
  SECTION("a record twice") { records[1] = records[0]; }
  SECTION("a record in the pack's header") { records[0].offset = 15; }
  SECTION("a record that reaches into the table") { records[0].offset = 600 - 48 - records[0].stored_size + 1; }
  SECTION("a record past the end of numbers") { records[0].offset = ~std::uint32_t{0}; }
  SECTION("a raw record with two sizes") { ++std::ranges::find(records, raw)->size; }
  SECTION("a size beyond the greatest") { std::ranges::find(records, packed)->size = max_record_size + 1; }
  SECTION("an unknown kind") { records[0].kind = static_cast<RecordKind>(3); }
  SECTION("an unknown encoding") { records[0].encoding = static_cast<Encoding>(2); }
  written.seal(records);
  CHECK_FALSE(written.decoded());
}

TEST_CASE("a table of another length than its trailer says is refused") {
  Written written;
  written.table.pop_back();
  CHECK_FALSE(written.decoded());
  written.table.clear();
  CHECK_FALSE(written.decoded());
}

}  // namespace
}  // namespace mlops::artifacts
