// What monitoring keeps of a batch.
#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "batch_counts.hpp"

using namespace mlops;
using namespace mlops::app;

namespace {

const formats::TableOptions csv{.name = "table.csv"};
const formats::TableOptions json_lines{.name = "table.jsonl"};

FrozenReference reference_of(const std::string& text, const formats::TableOptions& options = csv) {
  return freeze_table(MemorySource{text}, options);
}

BatchCounts count(const FrozenReference& reference, const std::string& text,
                  const formats::TableOptions& options = csv) {
  return count_batch(reference, MemorySource{text}, options);
}

std::string training() {
  std::string text = "age,city,note\n";
  for (int i = 0; i < 200; ++i) text += fmt::format("{},{},n{}\n", 20 + i % 50, i % 3 == 0 ? "Oslo" : "Rome", i);
  return text;
}

Error error_of_unpacking(const FrozenReference& reference, std::span<const std::uint8_t> bytes) {
  try {
    (void)unpacked(reference, bytes);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::failed, "no error"};
}

}  // namespace

TEST_CASE("a batch is counted column by column, with what is missing, unfit and unseen") {
  const FrozenReference reference = reference_of(training());
  const BatchCounts counts = count(reference, "city,age,new\nRome,25,1\nParis,,2\nOslo,old,3\nBern,inf,4\n,30,5\n");
  REQUIRE(counts.columns.size() == 3);
  CHECK(counts.rows == 5);
  const ColumnCounts& age = counts.columns[0];
  CHECK(age.is_there);
  CHECK(age.missing == 1);
  CHECK(age.unfit == 2);
  CHECK(age.counts.rows() == 5);
  CHECK(age.counts.smallest() == 25);
  CHECK(age.counts.largest() == 30);
  const ColumnCounts& city = counts.columns[1];
  CHECK(city.missing == 1);
  CHECK(city.unseen == std::vector<std::string>{"Bern", "Paris"});
  CHECK_FALSE(counts.columns[2].is_there);
  CHECK(counts.others == std::vector<std::string>{"new"});
}

TEST_CASE("a few unseen texts are kept, cut between their characters") {
  const FrozenReference reference = reference_of(training());
  std::string euros = "city\n";
  for (int i = 0; i < 40; ++i) euros += "\xE2\x82\xAC";
  const BatchCounts counts = count(reference, euros + "\nd\nc\nb\na\n");
  CHECK(counts.columns[1].unseen == std::vector<std::string>{"a", "b", "c"});
  const BatchCounts one = count(reference, euros + "\n");
  REQUIRE(one.columns[1].unseen.size() == 1);
  CHECK(one.columns[1].unseen.front().size() == 63);
}

TEST_CASE("rows before the first that has a key lack it, in whatever pieces they come") {
  const FrozenReference reference = reference_of(training());
  std::string text;
  for (int i = 0; i < 7; ++i) text += "{\"city\": \"Oslo\"}\n";
  text += "{\"age\": 33, \"city\": \"Oslo\"}\n{\"city\": \"Rome\"}\n";
  const BatchCounts counts = count(reference, text, json_lines);
  CHECK(counts.rows == 9);
  CHECK(counts.columns[0].missing == 8);
  CHECK(counts.columns[0].counts.rows() == 9);
  CHECK(counts.columns[1].missing == 0);

  BatchCounter whole{reference};
  BatchCounter first{reference};
  BatchCounter second{reference};
  (void)formats::read_table(MemorySource{text}, json_lines, [&](const auto& names, const auto& batch) {
    whole.take(names, batch);
    const std::size_t cut = batch.rows / 2;
    first.take(names, batch, 0, cut);
    second.take(names, batch, cut, batch.rows);
  });
  first.merge(second);
  CHECK(first.counts({"city", "age"}) == whole.counts({"city", "age"}));
  CHECK(whole.counts({"city", "age"}) == counts);
}

TEST_CASE("counts are the same after packing, and small") {
  std::string columns;
  for (int c = 0; c < 30; ++c) columns += fmt::format("{}c{}", c == 0 ? "" : ",", c);
  const auto table = [&](int rows, int shift) {
    std::string text = columns + "\n";
    for (int i = 0; i < rows; ++i) {
      for (int c = 0; c < 30; ++c) text += fmt::format("{}{}", c == 0 ? "" : ",", (i * (c + 3) + shift) % 9973);
      text += '\n';
    }
    return text;
  };
  const FrozenReference reference = reference_of(table(5000, 0));
  const BatchCounts counts = count(reference, table(20000, 7));
  const auto bytes = packed(counts);
  CHECK(unpacked(reference, bytes) == counts);
  CHECK(bytes.size() < 24 * 1024);

  const FrozenReference texts = reference_of(training());
  const BatchCounts unseen = count(texts, "city\nParis\n\nRome\n");
  CHECK(unpacked(texts, packed(unseen)) == unseen);
}

TEST_CASE("whatever is no counts in these bins is refused") {
  const FrozenReference reference = reference_of(training());
  const auto good = packed(count(reference, training()));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(error_of_unpacking(reference, std::span{good}.first(size)).kind() == ErrorKind::integrity);
  }
  auto longer = good;
  longer.push_back(0);
  CHECK(error_of_unpacking(reference, longer).kind() == ErrorKind::integrity);
  auto newer = good;
  newer[0] = 2;
  CHECK(error_of_unpacking(reference, newer).kind() == ErrorKind::integrity);
  CHECK(error_of_unpacking(reference_of("age\n1\n2\n"), good).kind() == ErrorKind::integrity);
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto damaged = good;
    damaged[i] = 0xFF;
    try {
      (void)unpacked(reference, damaged);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::integrity);
    }
  }
}
