#include "local/chunker.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <vector>

#include <mlops/support/json.hpp>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

std::vector<std::string> chunks_of(std::string_view bytes) {
  std::vector<std::string> chunks;
  while (!bytes.empty()) {
    chunks.emplace_back(bytes.substr(0, first_chunk(bytes_of(bytes))));
    bytes.remove_prefix(chunks.back().size());
  }
  return chunks;
}

// How many of the changed file's chunks the first one does not have.
std::size_t new_chunks(std::string_view before, std::string_view after) {
  const auto known = chunks_of(before);
  const std::set<std::string> stored{known.begin(), known.end()};
  const auto chunks = chunks_of(after);
  return static_cast<std::size_t>(
      std::ranges::count_if(chunks, [&](const std::string& chunk) { return !stored.contains(chunk); }));
}

TEST_CASE("chunks have sizes within the bounds and near the target") {
  const std::string bytes = random_bytes(4'000'000, 1);
  const auto chunks = chunks_of(bytes);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    CHECK(chunks[i].size() > min_chunk);
    CHECK(chunks[i].size() <= max_chunk);
  }
  const std::size_t mean = bytes.size() / chunks.size();
  CHECK(mean > target_chunk / 2);
  CHECK(mean < 2 * target_chunk);
}

TEST_CASE("short inputs are one chunk") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, min_chunk}) {
    CHECK(first_chunk(bytes_of(random_bytes(size, 2))) == size);
  }
}

TEST_CASE("bytes that give no place to cut are cut at the greatest size") {
  CHECK(first_chunk(bytes_of(std::string(10 * max_chunk, '\0'))) == max_chunk);
}

TEST_CASE("the place of a cut does not depend on what follows the greatest size") {
  const std::string bytes = random_bytes(1'000'000, 3);
  CHECK(first_chunk(bytes_of(bytes)) == first_chunk(bytes_of(bytes.substr(0, max_chunk))));
}

TEST_CASE("an inserted byte changes only the chunks around it") {
  const std::string before = random_bytes(4'000'000, 4);
  for (const std::size_t at : {0u, 1'234'567u, 2'000'000u, 3'999'999u}) {
    CAPTURE(at);
    std::string after = before;
    after.insert(at, "x");
    CHECK(new_chunks(before, after) >= 1);
    CHECK(new_chunks(before, after) <= 4);
    CHECK(new_chunks(after, before) <= 4);
  }
}

// chunk_cuts.json comes from an implementation of its own, see chunk_cuts.py beside it.
TEST_CASE("cuts are where the documented format has them") {
  const fs::path oracle = fs::path{MLOPS_ORACLES} / "chunk_cuts.json";
  const Json cases = parse_json(text_of(oracle), oracle.string());
  REQUIRE(cases.as_array().size() > 10);
  for (const Json& example : cases.as_array()) {
    const auto number = [&example](std::string_view name) {
      return static_cast<std::size_t>(example.at(name).as_integer());
    };
    CAPTURE(number("seed"), number("size"), number("repeated"));
    std::string bytes = random_bytes(number("repeated") > 0 ? number("repeated") : number("size"), number("seed"));
    while (bytes.size() < number("size")) bytes += bytes;
    bytes.resize(number("size"));
    std::vector<std::size_t> expected;
    for (const Json& size : example.at("chunks").as_array()) {
      expected.push_back(static_cast<std::size_t>(size.as_integer()));
    }
    std::vector<std::size_t> found;
    for (const std::string& chunk : chunks_of(bytes)) found.push_back(chunk.size());
    CHECK(found == expected);
  }
}

}  // namespace
}  // namespace mlops::artifacts
