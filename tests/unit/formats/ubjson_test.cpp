#include "json/ubjson.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "malformed.hpp"

namespace mlops::formats {
namespace {

// The whole document as JSON; "malformed: why".
std::string as_json(const std::string& bytes) {
  const MemorySource source{bytes};
  UbjsonReader in{source};
  try {
    const std::string text = canonical(read_fact(in, in.next(), 5));
    return in.next() == Token::end ? text : "more";
  } catch (const Malformed& error) {
    return std::string{"malformed: "} + error.what();
  }
}

bool is_malformed(const std::string& bytes) { return as_json(bytes).starts_with("malformed"); }

std::string bytes(std::string_view text) { return std::string{text}; }

// Expected values are those of the examples in "Value Types" and "Container Types" of ubjson.org.
TEST_CASE("UBJSON: values are read by their markers") {
  using namespace std::string_view_literals;
  CHECK(as_json("Z") == "null");
  CHECK(as_json("T") == "true");
  CHECK(as_json("F") == "false");
  CHECK(as_json("i\xFF") == "-1");
  CHECK(as_json("U\xFF") == "255");
  CHECK(as_json(bytes("I\x7F\xFF"sv)) == "32767");
  CHECK(as_json(bytes("l\x80\x00\x00\x00"sv)) == "-2147483648");
  CHECK(as_json(bytes("L\x00\x20\x00\x00\x00\x00\x00\x00"sv)) == "9007199254740992");
  CHECK(as_json(bytes("d\x3F\xC0\x00\x00"sv)) == "1.5");
  CHECK(as_json(bytes("D\xBF\xF8\x00\x00\x00\x00\x00\x00"sv)) == "-1.5");
  CHECK(as_json("Ca") == "\"a\"");
  CHECK(as_json(bytes("Si\x05hello"sv)) == "\"hello\"");
  CHECK(as_json(bytes("Hi\x03"
                      "1e3"sv)) == "1000");
  CHECK(as_json("NNT") == "true");
}

TEST_CASE("UBJSON: containers are read with and without counts and types") {
  using namespace std::string_view_literals;
  CHECK(as_json("[]") == "[]");
  CHECK(as_json("{}") == "{}");
  CHECK(as_json(bytes("[i\x01Ni\x02]"sv)) == "[1,2]");
  CHECK(as_json(bytes("[#i\x02i\x01T"sv)) == "[1,true]");
  CHECK(as_json(bytes("[$i#i\x03\x01\x02\x03"sv)) == "[1,2,3]");
  CHECK(as_json(bytes("[$d#i\x01\x3F\xC0\x00\x00"sv)) == "[1.5]");
  CHECK(as_json(bytes("{i\x01xi\x07i\x01y[T]}"sv)) == R"({"x":7,"y":[true]})");
  CHECK(as_json(bytes("{#i\x01i\x01xZ"sv)) == R"({"x":null})");
  CHECK(as_json(bytes("{$U#i\x02i\x01x\x01i\x01y\x02"sv)) == R"({"x":1,"y":2})");
  CHECK(as_json(bytes("[$[#i\x02]T]"sv)) == "[[],[true]]");
}

TEST_CASE("UBJSON: malformed documents are refused") {
  using namespace std::string_view_literals;
  CHECK(is_malformed(""));
  CHECK(is_malformed("x"));
  CHECK(is_malformed("]"));
  CHECK(is_malformed("["));
  CHECK(is_malformed("[}"));
  CHECK(is_malformed("{]"));
  CHECK(is_malformed(bytes("Si\xFF"sv)));                                 // a negative length
  CHECK(is_malformed(bytes("Si\x05hell"sv)));                             // too short
  CHECK(is_malformed(bytes("{i\x01xTi\x01xF}"sv)));                       // a key twice
  CHECK(is_malformed(bytes("[$i\x03\x01\x02\x03"sv)));                    // a type without a count
  CHECK(is_malformed(bytes("[$Z#L\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv)));  // items that take nothing
  CHECK(is_malformed(bytes("[$d#L\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv)));
  CHECK(is_malformed(bytes("[#L\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv)));
  CHECK(is_malformed(std::string(100'000, '[')));
}

TEST_CASE("UBJSON: a packed array is skipped without being read") {
  using namespace std::string_view_literals;
  const std::string document = bytes("[[$l#U\x80"sv) + std::string(4 * 128, 'x') + "T]";
  const MemorySource source{document};
  UbjsonReader in{source};
  in.next();
  in.next();
  CHECK(in.skip_array() == 128);
  CHECK(in.next() == Token::boolean);
  CHECK(in.next() == Token::end_array);
  CHECK(in.next() == Token::end);
  CHECK(in.offset() == document.size());
}

}  // namespace
}  // namespace mlops::formats
