#include <mlops/support/json.hpp>

#include <catch2/catch.hpp>

#include <bit>
#include <limits>

#include <mlops/support/error.hpp>

using namespace mlops;
using Catch::Matchers::Contains;

namespace {

Json parsed(std::string_view text) { return parse_json(text, "test.json"); }

// The message with which `text` is refused, always as a usage error; "accepted" when it is not.
std::string refusal(std::string_view text) {
  try {
    (void)parsed(text);
    return "accepted";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t time = 0; time < times; ++time) result += text;
  return result;
}

}  // namespace

TEST_CASE("JSON is read into values that keep members in order and integers apart from doubles") {
  const Json value = parsed(R"({"z": [1, -2.5, true, null], "a": {"text": "naïve \u6a21\ud83d\ude80"}})");
  REQUIRE(value.is_object());
  CHECK(value.as_object()[0].first == "z");
  CHECK(value.at("z").as_array()[0].is_integer());
  CHECK_FALSE(value.at("z").as_array()[1].is_integer());
  CHECK(value.at("z").as_array()[1].as_double() == -2.5);
  CHECK(value.at("z").as_array()[2].as_bool());
  CHECK(value.at("z").as_array()[3].is_null());
  CHECK(value.at("a").at("text").as_string() == "naïve 模🚀");
  CHECK(parsed("1.0") != parsed("1"));
}

TEST_CASE("integers to the limits of 64 bits are exact, and doubles beyond them") {
  CHECK(parsed("9223372036854775807").as_integer() == std::numeric_limits<std::int64_t>::max());
  CHECK(parsed("-9223372036854775808").as_integer() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(parsed("9223372036854775808").is_integer());
  CHECK(parsed("9223372036854775808").as_double() == 9223372036854775808.0);
  CHECK(parsed("-123456789012345678901234567890").as_double() == -123456789012345678901234567890.0);
}

TEST_CASE("a refusal names the source, the line and the column") {
  CHECK_THAT(refusal("{\n  \"a\": 1,\n  \"b\": nope\n}"), Contains("test.json:3:9: invalid literal"));
  CHECK_THAT(refusal(""), Contains("test.json:1:1: unexpected end of input"));
  CHECK_THAT(refusal("{\"ключ\": ?}"), Contains("test.json:1:10: "));  // columns are characters, not bytes
  CHECK_THAT(refusal("[1,]"), Contains("test.json:1:4: unexpected ']'"));
}

TEST_CASE("a duplicate member is refused where it stands") {
  CHECK(refusal("{\"lr\": 1,\n \"x\": 2, \"lr\": 3}") == "test.json:2:10: duplicate member `lr`");
  CHECK(refusal(R"({"a\\\"": 1, "a\\\"": 2})") == "test.json:1:14: duplicate member `a\\\"`");
  CHECK(refusal(R"({"a": 1, "\u0061": 2})") == "test.json:1:10: duplicate member `a`");
  CHECK(refusal(R"({"": 1, "": 2})") == "test.json:1:9: duplicate member ``");
  CHECK(refusal(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]})") == "accepted");
}

TEST_CASE("a duplicate member is found among many, too") {
  std::string text = "{";
  for (int number = 0; number < 1000; ++number) text += "\"k" + std::to_string(number) + "\": 0, ";
  CHECK(parsed(text + "\"last\": 0}").as_object().size() == 1001);
  CHECK_THAT(refusal(text + "\"k999\": 0}"), Contains("duplicate member `k999`"));
  CHECK_THAT(refusal(text + "\"k3\": 0}"), Contains("duplicate member `k3`"));
}

TEST_CASE("values may nest 128 levels deep, and no deeper") {
  CHECK(refusal(repeated("[", 128) + repeated("]", 128)) == "accepted");
  CHECK(refusal(repeated("[", 129) + repeated("]", 129)) == "test.json:1:129: nested more than 128 levels deep");
  CHECK_THAT(refusal(repeated("[", 10'000)), Contains("nested more than 128 levels deep"));
  CHECK_THAT(refusal(repeated("{\"a\":", 10'000)), Contains("nested more than 128 levels deep"));
}

TEST_CASE("a document cut off at any byte is refused") {
  const std::string text = R"({"name": "r\u00e9sum\u00e9 🚀", "metrics": [0.5, -1e-3, true, null], "o": {"k": "v"}})";
  REQUIRE(refusal(text) == "accepted");
  for (std::size_t length = 0; length < text.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(text.substr(0, length)) != "accepted");
  }
}

TEST_CASE("what is not JSON is refused") {
  const auto text = GENERATE(
      as<std::string>{}, "NaN", "nan", "Infinity", "-Infinity", "[NaN]", "1e999", "-1e999", "01", "+1", ".5", "1.",
      "0x10", "'a'", "{a: 1}", "[1 2]", "{\"a\" 1}", "{\"a\": 1,}", "true false", "{} {}", "// comment\n1", "/* c */ 1",
      "\"\t\"", "\"\\x41\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\xED\xA0\x80\"", "\"\xC0\xAF\"",
      "\"\xFF\"", "\xFF", "tru", "nul", "-", "\"", "{\"\\", "[\"a\\\"]", std::string("\0", 1), std::string("1\0", 2));
  CAPTURE(text);
  CHECK(refusal(text) != "accepted");
}

TEST_CASE("a byte order mark is refused by name") {
  CHECK_THAT(refusal("\xEF\xBB\xBF{}"), Contains("test.json:1:1: ") && Contains("byte order mark"));
}

TEST_CASE("a refusal can't be used to drive the terminal or to flood it") {
  const std::string message = refusal("[\x1b[2J" + std::string(100'000, 'x'));
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.size() < 300);
}

TEST_CASE("asking a value for another type names both types") {
  const auto message_of = [](const auto& ask) {
    try {
      ask();
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::failed);
      return error.message();
    }
    return std::string{"no error"};
  };
  CHECK(message_of([] { (void)Json{1}.as_string(); }) == "JSON value is an integer where a string is expected");
  CHECK(message_of([] { (void)Json{"1"}.as_integer(); }) == "JSON value is a string where an integer is expected");
  CHECK(message_of([] { (void)Json{1.5}.as_integer(); }) == "JSON value is a number where an integer is expected");
  CHECK(message_of([] { (void)Json{}.as_object(); }) == "JSON value is null where an object is expected");
  CHECK(message_of([] { (void)Json::object({{"a", 1}}).at("b"); }) == "JSON object has no member `b`");
  CHECK(message_of([] { (void)Json{true}.at("b"); }) == "JSON value is a boolean where an object is expected");
  CHECK(message_of([] { Json{1}.push_back(2); }) == "JSON value is an integer where an array is expected");
  CHECK(Json{1}.as_double() == 1.0);
  CHECK(Json{1}.find("a") == nullptr);
}

TEST_CASE("an object is built member by member; setting one again replaces it in place") {
  Json value;
  value.set("b", 1).set("a", Json::array({1, "two"})).set("b", std::optional<int>{});
  value.set("list", Json{}.push_back(1).push_back(nullptr));
  CHECK(to_line(value) == R"({"b": null, "a": [1, "two"], "list": [1, null]})");
  CHECK(canonical(value) == R"({"a":[1,"two"],"b":null,"list":[1,null]})");
}

TEST_CASE("text for people is indented by two spaces") {
  const Json value = Json::object({{"name", "churn"},
                                   {"figures", Json::array({1.0, 0.1, 12, -0.0})},
                                   {"none", Json::array()},
                                   {"empty", Json::object()}});
  CHECK(to_text(value) == R"({
  "name": "churn",
  "figures": [
    1,
    0.1,
    12,
    0
  ],
  "none": [],
  "empty": {}
})");
}

TEST_CASE("text for people has no raw control characters, and stays JSON when it was not UTF-8") {
  CHECK(to_line("\x1b\x7f\xC2\x9B\n\"\\") == R"("\u001b\u007f\u009b\n\"\\")");
  CHECK(to_line("a\xFF") == "\"a\uFFFD\"");
  CHECK(parsed(to_line("\x1b\x7f\xC2\x9B\n\"\\")).as_string() == "\x1b\x7f\xC2\x9B\n\"\\");
}

TEST_CASE("numbers are written as ECMAScript does: RFC 8785, appendix B") {
  const auto [bits, text] = GENERATE(table<std::uint64_t, std::string>({
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  }));
  CHECK(number_text(std::bit_cast<double>(bits)) == text);
}

TEST_CASE("everyday numbers are written shortly") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(100.0) == "100");
  CHECK(number_text(0.957447) == "0.957447");
  CHECK(number_text(-1.5e-9) == "-1.5e-9");
}

TEST_CASE("NaN and infinity can't be written") {
  CHECK_THROWS_AS(number_text(std::numeric_limits<double>::quiet_NaN()), Error);
  CHECK_THROWS_AS(to_text(Json::array({std::numeric_limits<double>::infinity()})), Error);
  CHECK_THROWS_AS(canonical(-std::numeric_limits<double>::infinity()), Error);
}

TEST_CASE("canonical JSON: the sample of RFC 8785, 3.2.2") {
  const Json value = parsed(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  CHECK(canonical(value) ==
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
        "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST_CASE("canonical JSON sorts members by UTF-16 code units: the sample of RFC 8785, 3.2.3") {
  const Json value = parsed(R"({
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  CHECK(canonical(value) ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With "
        "Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\uFB33\":\"Hebrew Letter Dalet With "
        "Dagesh\"}");
}

TEST_CASE("canonical JSON sorts a name before the names that it begins") {
  CHECK(canonical(parsed(R"({"ab": 1, "a": 2, "": 3, "B": 4})")) == R"({"":3,"B":4,"a":2,"ab":1})");
}

TEST_CASE("canonical JSON never changes an integer in silence") {
  CHECK(canonical(9007199254740992) == "9007199254740992");
  CHECK(canonical(std::int64_t{1} << 60) == "1152921504606847000");  // JSON.stringify(2**60)
  CHECK_THROWS_AS(canonical(9007199254740993), Error);
  CHECK_THROWS_AS(canonical(std::numeric_limits<std::int64_t>::max()), Error);
  CHECK(to_line(9007199254740993) == "9007199254740993");
}

TEST_CASE("canonical JSON refuses text that is not UTF-8") { CHECK_THROWS_AS(canonical("a\xFF"), Error); }

TEST_CASE("what is written is read back the same") {
  const std::string text = R"({"a": [1, -2.5, 1e+300, "x\u0000y", {"b": {}}], "c": [[], [null, true]]})";
  const Json value = parsed(text);
  CHECK(parsed(to_text(value)) == value);
  CHECK(parsed(to_line(value)) == value);
  CHECK(parsed(canonical(value)) == value);
  CHECK(to_line(value) == text);
}
