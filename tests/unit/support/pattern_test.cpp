#include <mlops/support/pattern.hpp>

#include <string>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using mlops::Pattern;

// What Python's re.fullmatch(pattern, text, re.ASCII | re.DOTALL) says.
TEST_CASE("a pattern matches whole texts") {
  struct Example {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const Example examples[] = {
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"", "", true},
      {"", "a", false},
      {"a.c", "axc", true},
      {".", "ö", true},
      {"..", "ö", false},
      {"[A-Z]{2}\\d{4}", "AB1234", true},
      {"[A-Z]{2}\\d{4}", "AB123", false},
      {"[A-Z]{2}\\d{4}", "Ab1234", false},
      {"^\\w+$", "a_1", true},
      {"\\w+", "a-1", false},
      {"\\W\\D\\S", "-1x", false},
      {"\\W\\D\\S", "-x-", true},
      {"[^0-9]+", "abc", true},
      {"[^0-9]+", "ab1", false},
      {"[]a]", "]", true},
      {"[a-]", "-", true},
      {"[\\d.]+", "1.5", true},
      {"a|bc|", "bc", true},
      {"a|bc|", "", true},
      {"a|bc|", "b", false},
      {"(ab)+c?", "ababc", true},
      {"(ab)+c?", "c", false},
      {"(?:x|y){2,3}", "xyx", true},
      {"(?:x|y){2,3}", "x", false},
      {"(?:x|y){2,3}", "xxxx", false},
      {"a{2,}", "aaaaa", true},
      {"a{2,}", "a", false},
      {"a{0}", "", true},
      {"a\\.b\\\\", "a.b\\", true},
      {"(a*)*", "aaaa", true},
      {"(|a)+b", "aab", true},
      {"日本[語人]", "日本人", true},
  };
  for (const auto& [pattern, text, matches] : examples) {
    INFO(pattern << " on " << text);
    CHECK(Pattern{pattern}.matches(text) == matches);
  }
}

TEST_CASE("what is no pattern is refused") {
  for (const char* pattern : {"(", ")", "a)", "[a", "[z-a]", "*a", "a{", "a{2", "a{3,2}", "a{1001}", "\\q", "\\",
                              "a\\1", "x$y", "(((a{1000}){1000}){1000})", "((((){1000}){1000}){1000}){1000}", "\xFF"}) {
    INFO(pattern);
    CHECK_THROWS_AS(Pattern{pattern}, mlops::Error);
  }
  CHECK_THROWS_AS(Pattern{std::string(1000, '(')}, mlops::Error);
}

TEST_CASE("a hostile pattern takes no time to speak of") {
  const Pattern pattern{"(a?){500}a{500}"};
  CHECK(pattern.matches(std::string(500, 'a')));
  CHECK_FALSE(Pattern{"(x+x+)+y"}.matches(std::string(100'000, 'x')));
}

TEST_CASE("bytes that are not UTF-8 match nothing") { CHECK_FALSE(Pattern{".*"}.matches("\xFF")); }
