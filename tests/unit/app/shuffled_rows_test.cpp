#include "shuffled_rows.hpp"

#include <catch2/catch.hpp>

#include <mlops/stats/importance.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

std::string rewritten(const std::string& name, std::string_view table, const std::vector<RowsCopy>& copies) {
  const TemporaryDirectory folder{std::filesystem::temp_directory_path(), "mlops-test-"};
  write_file_atomic(folder.path() / name, table);
  return ShuffledRows{folder.path() / name}.text(copies, "id");
}

// A seed that puts two rows the other way round.
std::uint64_t seed_that_swaps() {
  for (std::uint64_t seed = 0;; ++seed) {
    if (stats::shuffled_order(2, seed).front() == 1) return seed;
  }
}

}  // namespace

TEST_CASE("rows are written as they were spelled, also those that say nothing") {
  const std::string table = "id;name;size\na7;\"x; y\";01.50\nb8;NA;\n";
  CHECK(rewritten("t.csv", table, {RowsCopy{}}) == table);
  const std::string quoted = "a,b\n\"say \"\"so\"\"\",\"two\nlines\"\n\" x\",y\n";
  CHECK(rewritten("t.csv", quoted, {RowsCopy{}}) == quoted);
}

TEST_CASE("one column is shuffled, and the others stay") {
  CHECK(rewritten("t.csv", "a,b\n1,x\n2,y\n", {{"b", seed_that_swaps()}}) == "a,b\n1,y\n2,x\n");
  CHECK(rewritten("t.tsv", "a\tb\n1\tx\n2\ty\n", {{"a", seed_that_swaps()}}) == "a\tb\n2\tx\n1\ty\n");
}

TEST_CASE("copies below each other have ids of their own") {
  CHECK(rewritten("t.csv", "id,b\np,x\nq,y\n", {RowsCopy{}, {"b", seed_that_swaps()}}) == "id,b\n1,x\n2,y\n3,y\n4,x\n");
  CHECK(rewritten("t.csv", "id,b\np,x\nq,y\n", {{"b", seed_that_swaps()}}) == "id,b\np,y\nq,x\n");
}

TEST_CASE("of JSON Lines a key that is missing stays missing") {
  const std::string table = "{\"id\":\"p\",\"b\":[1, 2]}\n{\"id\":\"q\"}\n";
  CHECK(rewritten("t.jsonl", table, {{"b", seed_that_swaps()}}) == "{\"id\": \"p\"}\n{\"id\": \"q\", \"b\": [1, 2]}\n");
  CHECK(rewritten("t.jsonl", table, {RowsCopy{}, RowsCopy{}}).ends_with("{\"id\": 3, \"b\": [1, 2]}\n{\"id\": 4}\n"));
}
