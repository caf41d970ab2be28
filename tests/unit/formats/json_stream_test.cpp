#include "json/json_stream.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "malformed.hpp"

namespace mlops::formats {
namespace {

std::string name_of(Token token) {
  constexpr std::string_view names[] = {"{", "key", "}", "[", "]", "text", "number", "boolean", "null", "end"};
  return std::string{names[static_cast<std::size_t>(token)]};
}

// All tokens with their values, or "malformed".
std::vector<std::string> tokens(std::string_view text, JsonLimits limits = {}) {
  const MemorySource source{text};
  JsonStream in{source, limits};
  std::vector<std::string> found;
  try {
    for (;;) {
      const Token token = in.next();
      std::string shown = name_of(token);
      if (token == Token::key || token == Token::text) shown += fmt::format(" {}", in.text());
      if (token == Token::number)
        shown += in.integer() ? fmt::format(" {}", *in.integer()) : fmt::format(" {}", in.real());
      if (token == Token::boolean) shown += in.boolean() ? " true" : " false";
      found.push_back(shown);
      if (token == Token::end) return found;
    }
  } catch (const Malformed&) {
    found.emplace_back("malformed");
  }
  return found;
}

// A value from the tokens, as parse_json makes it.
Json value_of(JsonStream& in, Token token) {
  if (token == Token::begin_array) {
    Json::Array items;
    each_item(in, [&](Token first) { items.push_back(value_of(in, first)); });
    return items;
  }
  if (token == Token::begin_object) {
    Json::Object members;
    each_member(in, [&](const std::string& key) { members.emplace_back(key, value_of(in, in.next())); });
    return members;
  }
  if (token == Token::text) return in.text();
  if (token == Token::boolean) return in.boolean();
  if (token == Token::null) return nullptr;
  if (in.integer()) return *in.integer();
  return in.real();
}

TEST_CASE("JSON stream: a document comes as its tokens") {
  CHECK(tokens(R"( {"a": [1, -2.5, "x"], "b": {"c": true, "d": null}} )") ==
        std::vector<std::string>{"{", "key a", "[", "number 1", "number -2.5", "text x", "]", "key b", "{", "key c",
                                 "boolean true", "key d", "null", "}", "}", "end"});
  CHECK(tokens("[]") == std::vector<std::string>{"[", "]", "end"});
  CHECK(tokens("{}") == std::vector<std::string>{"{", "}", "end"});
  CHECK(tokens("7") == std::vector<std::string>{"number 7", "end"});
}

TEST_CASE("JSON stream: what is JSON and what is not is judged as by the parser of whole documents") {
  const std::vector<std::string> texts{R"({"a":1})",
                                       R"({"a":1,})",
                                       R"({"a" 1})",
                                       R"({"a":})",
                                       R"({a:1})",
                                       R"({,})",
                                       R"({"a":1,"a":2})",
                                       "[1,]",
                                       "[,1]",
                                       "[1 2]",
                                       "[1",
                                       "[",
                                       "]",
                                       "",
                                       " ",
                                       "nul",
                                       "nulll",
                                       "true",
                                       "truefalse",
                                       "tru",
                                       "NaN",
                                       "Infinity",
                                       "-Infinity",
                                       "0",
                                       "-0",
                                       "00",
                                       "01",
                                       "-",
                                       "+1",
                                       ".5",
                                       "1.",
                                       "1.5",
                                       "1.e3",
                                       "1e",
                                       "1e+",
                                       "1e5",
                                       "1E-5",
                                       "0x10",

                                       "1e-999",
                                       "123456789012345678901234567890",
                                       "-9223372036854775808",
                                       "9223372036854775807",
                                       "9223372036854775808",
                                       R"("a\"b\\\/\b\f\n\r\t")",
                                       R"("\u0041\u00e9\u20ac")",
                                       R"("\ud83d\ude00")",
                                       R"("\ud83d")",
                                       R"("\ude00")",
                                       R"("\ud83dx")",
                                       R"("\u12")",
                                       R"("\x41")",
                                       R"("\)",
                                       R"("open)",
                                       "\"tab\tinside\"",
                                       "\"line\ninside\"",
                                       "\"\x7F\"",
                                       "\"\xC3\xA9\"",
                                       "\"\xC3\"",
                                       "\"\x80\"",
                                       "\"\xC0\x80\"",
                                       "\"\xED\xA0\x80\"",
                                       "\"\xF4\x90\x80\x80\"",
                                       "\"\xF0\x9F\x98\x80\"",
                                       "\xEF\xBB\xBF{}",
                                       "{} {}",
                                       "{}x",
                                       "[1]\n\t\r ",
                                       "'a'",
                                       "//c\n1",
                                       "1,2",
                                       "\"a\":1",
                                       "{\"a\"}",
                                       std::string("1\0", 2),
                                       std::string("\"\0\"", 3),
                                       R"({"":{"":[[],{}]}})",
                                       R"([["a",1,null,false],{"k":[]}])"};
  for (const std::string& text : texts) {
    CAPTURE(text);
    std::optional<Json> expected;
    try {
      expected = parse_json(text, "text");
    } catch (const Error&) {
    }
    std::optional<Json> found;
    try {
      const MemorySource source{text};
      JsonStream in{source};
      found = value_of(in, in.next());
      if (in.next() != Token::end) found.reset();
    } catch (const Malformed&) {
      found.reset();
    }
    CHECK(found.has_value() == expected.has_value());
    if (found && expected) CHECK(*found == *expected);
  }
}

TEST_CASE("JSON stream: tokens are the same wherever the pieces of the source end") {
  const std::string document = "{\"key\\u00e9\" : \"t\xC3\xA9xt \\ud83d\\ude00\", \"n\":[-12.5e3,true,null , 8]}";
  const std::vector<std::string> expected = tokens(document);
  constexpr std::size_t piece = 64u << 10;
  for (std::size_t before = piece - document.size() - 1; before <= piece + 1; ++before) {
    CAPTURE(before);
    CHECK(tokens(std::string(before, ' ') + document) == expected);
  }
}

TEST_CASE("JSON stream: a long text is cut, a long key is refused") {
  const JsonLimits limits{.text = 10};
  CHECK(tokens("[\"0123456789\",\"01234567890\"]", limits) ==
        std::vector<std::string>{"[", "text 0123456789", "text 0123456789", "]", "end"});
  CHECK(tokens("{\"01234567890\":1}", limits).back() == "malformed");
  const std::string huge = "\"" + std::string(1u << 20, 'x') + "\"";
  CHECK(tokens(huge, limits).front() == "text xxxxxxxxxx");
  // What is cut off is judged all the same.
  CHECK(tokens("\"" + std::string(100, 'x') + "\xFF\"", limits).front() == "malformed");
}

TEST_CASE("JSON stream: depth is bounded") {
  const std::string deep = std::string(JsonStream::deepest, '[') + std::string(JsonStream::deepest, ']');
  CHECK(tokens(deep).back() == "end");
  CHECK(tokens("[" + deep + "]").back() == "malformed");
  CHECK(tokens(std::string(1'000'000, '[')).back() == "malformed");
}

TEST_CASE("JSON stream: numbers beyond all measure are infinite or nothing") {
  CHECK(tokens("[1e999,-1e999,1e-999]") ==
        std::vector<std::string>{"[", "number inf", "number -inf", "number 0", "]", "end"});
  CHECK(tokens(std::string(2000, '1')).back() == "malformed");
}

TEST_CASE("JSON stream: where asked for, numbers may be none") {
  const JsonLimits limits{.text = 10, .non_finite = true};
  CHECK(tokens("[NaN,Infinity,-Infinity,-1]", limits) ==
        std::vector<std::string>{"[", "number nan", "number inf", "number -inf", "number -1", "]", "end"});
  CHECK(tokens("[Nan]", limits).back() == "malformed");
  CHECK(tokens("[NaN]").back() == "malformed");
}

TEST_CASE("JSON stream: values are skipped and counted") {
  const MemorySource source{R"({"a":[1,[2,3],{"x":[4]}],"b":{"c":[]},"d":5})"};
  JsonStream in{source};
  in.next();
  in.next();
  in.next();
  CHECK(in.skip_array() == 3);
  CHECK(in.next() == Token::key);
  in.skip_value();
  CHECK(in.next() == Token::key);
  CHECK(in.text() == "d");
  in.skip_value();
  CHECK(in.next() == Token::end_object);
}

TEST_CASE("JSON stream: a fact is bounded in length and depth") {
  const MemorySource source{R"([[[[[1]]]], 2, "x", 1.5, null, true])"};
  JsonStream in{source};
  CHECK(canonical(read_fact(in, in.next())) == R"([[["…"]],2,"x",1.5,null,true])");
  std::string many = "[0";
  for (int i = 0; i < 1000; ++i) many += ",1";
  many += "]";
  const MemorySource long_source{many};
  JsonStream long_in{long_source};
  CHECK(read_fact(long_in, long_in.next()).as_array().size() == 300);
}

}  // namespace
}  // namespace mlops::formats
