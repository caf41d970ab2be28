#include <catch2/catch.hpp>

#include <string>

#include <mlops/support/glob.hpp>

using mlops::glob_matches;
using mlops::glob_selects;

TEST_CASE("a pattern without wildcards is a path") {
  CHECK(glob_matches("a/b.bin", "a/b.bin"));
  CHECK_FALSE(glob_matches("a/b.bin", "a/b.binx"));
  CHECK_FALSE(glob_matches("b.bin", "a/b.bin"));
}

TEST_CASE("a star stays within its part of the path") {
  CHECK(glob_matches("*.bin", "weights.bin"));
  CHECK(glob_matches("*.bin", ".bin"));
  CHECK_FALSE(glob_matches("*.bin", "a/weights.bin"));
  CHECK(glob_matches("*/w*s.bin", "a/weights.bin"));
  CHECK(glob_matches("a*b*c", "aXbXbc"));
  CHECK_FALSE(glob_matches("a*b*c", "aXbXb"));
}

TEST_CASE("a question mark is one character, however many bytes it has") {
  CHECK(glob_matches("shard-?.bin", "shard-1.bin"));
  CHECK(glob_matches("?.bin", "模.bin"));
  CHECK_FALSE(glob_matches("?.bin", "模型.bin"));
  CHECK_FALSE(glob_matches("a?b", "a/b"));
}

TEST_CASE("a set is one of its characters") {
  CHECK(glob_matches("[a-c]x", "bx"));
  CHECK_FALSE(glob_matches("[a-c]x", "dx"));
  CHECK(glob_matches("[!a-c]x", "dx"));
  CHECK(glob_matches("[^a-c]x", "dx"));
  CHECK(glob_matches("[]x]", "]"));
  CHECK(glob_matches("[a-]", "-"));
  CHECK(glob_matches("[ab", "[ab"));
}

TEST_CASE("two stars take any number of parts") {
  CHECK(glob_matches("**/*.bin", "w.bin"));
  CHECK(glob_matches("**/*.bin", "a/b/c/w.bin"));
  CHECK(glob_matches("a/**", "a/b/c"));
  CHECK(glob_matches("a/**/z", "a/z"));
  CHECK(glob_matches("a/**/m/**/z", "a/b/m/c/d/z"));
  CHECK_FALSE(glob_matches("a/**/z", "b/z"));
  CHECK_FALSE(glob_matches("a/**/z", "a/b/y"));
}

TEST_CASE("a folder selects all that is in it") {
  CHECK(glob_selects("a", "a/b/c"));
  CHECK(glob_selects("a/b", "a/b/c"));
  CHECK(glob_selects("*/b", "a/b/c"));
  CHECK_FALSE(glob_selects("b", "a/b/c"));
  CHECK_FALSE(glob_selects("a/b/c/d", "a/b/c"));
  CHECK_FALSE(glob_matches("a", "a/b"));
}

TEST_CASE("no pattern takes exponential time") {
  const std::string text(2000, 'a');
  std::string stars;
  std::string parts;
  for (int i = 0; i < 200; ++i) stars += "*a";
  for (int i = 0; i < 100; ++i) parts += "**/a/";
  CHECK_FALSE(glob_matches(stars + "b", text));
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "a/";
  CHECK_FALSE(glob_matches(parts + "b", deep + "c"));
}
