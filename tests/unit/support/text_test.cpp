#include <mlops/support/text.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace mlops;

TEST_CASE("UTF-8 is valid only in its shortest form and without surrogates") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8("naïve 模型 🚀"));
  CHECK(is_valid_utf8("\xF4\x8F\xBF\xBF"));        // U+10FFFF
  CHECK_FALSE(is_valid_utf8("\x80"));              // continuation without a lead
  CHECK_FALSE(is_valid_utf8("\xC3"));              // cut off
  CHECK_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong '/'
  CHECK_FALSE(is_valid_utf8("\xE0\x80\xAF"));      // overlong '/'
  CHECK_FALSE(is_valid_utf8("\xED\xA0\x80"));      // U+D800
  CHECK_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // U+110000
  CHECK_FALSE(is_valid_utf8("\xFF"));
}

TEST_CASE("width counts columns: two for wide characters, none for combining marks (Unicode's East Asian Width)") {
  CHECK(display_width("") == 0);
  CHECK(display_width("churn") == 5);
  CHECK(display_width("naïve") == 5);
  CHECK(display_width("nai\u0308ve") == 5);
  CHECK(display_width("模型") == 4);
  CHECK(display_width("한국") == 4);
  CHECK(display_width("ＡＢ") == 4);
  CHECK(display_width("🚀") == 2);
  CHECK(display_width("zero\u200Bwidth") == 9);
  CHECK(display_width("┌─┐") == 3);
  CHECK(display_width("a\xFF") == 2);
}

TEST_CASE("text is cut to columns, never through a character") {
  CHECK(truncate_to_width("churn", 5) == "churn");
  CHECK(truncate_to_width("churned", 5) == "chur…");
  CHECK(truncate_to_width("模型模型", 5) == "模型…");
  CHECK(truncate_to_width("模型模型", 4) == "模…");
  CHECK(truncate_to_width("模型模型", 1) == "…");
  CHECK(truncate_to_width("nai\u0308ve", 4) == "nai\u0308…");
  CHECK(truncate_to_width("anything", 0).empty());
}

TEST_CASE("hostile names are shown, not obeyed") {
  CHECK(printable("model v1 模型 🚀") == "model v1 模型 🚀");
  CHECK(printable("a\nb\tc\r") == "a\\x0ab\\x09c\\x0d");
  CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
  CHECK(printable("del\x7f") == "del\\x7f");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\xc2\\x9b31m");                           // the C1 control sequence introducer
  CHECK(printable("cod\u202Eexe.txt") == "cod\\xe2\\x80\\xaeexe.txt");  // right-to-left override
  CHECK(printable("bad\xFF\xC3") == "bad\\xff\\xc3");
  CHECK(printable(std::string_view{"\0", 1}) == "\\x00");
}

TEST_CASE("text is split and joined at a separator") {
  CHECK(split("a,b,,c", ',') == std::vector<std::string>{"a", "b", "", "c"});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(split("a,", ',') == std::vector<std::string>{"a", ""});
  CHECK(join(std::vector<std::string>{"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(join(std::vector<std::string>{}, ", ").empty());
}

TEST_CASE("trimming takes white space from both ends only") {
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim(" \n ").empty());
  CHECK(lower_ascii("MiXeD Ä") == "mixed Ä");
}

TEST_CASE("a near miss is suggested when it is near enough") {
  const std::vector<std::string> stages{"staging", "production", "canary"};
  CHECK(near_miss("prodction", stages) == "production");
  CHECK(near_miss("productoin", stages) == "production");  // swapped neighbours are one mistake
  CHECK(near_miss("stagign", stages) == "staging");
  CHECK_FALSE(near_miss("development", stages));
  CHECK_FALSE(near_miss("", stages));
  CHECK_FALSE(near_miss("anything", std::vector<std::string>{}));
}

TEST_CASE("the nearest candidate wins, then the first, and short words allow one mistake") {
  CHECK(near_miss("auc", std::vector<std::string>{"acc", "auc2", "auc"}) == "auc");
  CHECK(near_miss("ab", std::vector<std::string>{"ba", "ac"}) == "ba");
  CHECK_FALSE(near_miss("ab", std::vector<std::string>{"cd"}));
  CHECK_FALSE(near_miss("abc", std::vector<std::string>{"axy"}));
}

TEST_CASE("what is cut short or has more to it is near, too") {
  CHECK(near_miss("prod", std::vector<std::string>{"staging", "production"}) == "production");
  CHECK_FALSE(near_miss("pro", std::vector<std::string>{"production", "proving"}));
  CHECK_FALSE(near_miss("p", std::vector<std::string>{"production"}));
  CHECK(near_miss("roc_auc", std::vector<std::string>{"accuracy", "auc"}) == "auc");
  CHECK(near_miss("log_loss_score", std::vector<std::string>{"loss", "log_loss"}) == "log_loss");
  CHECK_FALSE(near_miss("caucasus", std::vector<std::string>{"auc"}));
}

TEST_CASE("sizes are told in decimal units") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(812) == "812 B");
  CHECK(bytes_text(999) == "999 B");
  CHECK(bytes_text(1000) == "1.0 kB");
  CHECK(bytes_text(1400) == "1.4 kB");
  CHECK(bytes_text(14'300) == "14.3 kB");
  CHECK(bytes_text(143'000) == "143 kB");
  CHECK(bytes_text(999'499) == "999 kB");
  CHECK(bytes_text(999'500) == "1.0 MB");
  CHECK(bytes_text(3'200'000'000) == "3.2 GB");
  CHECK(bytes_text(std::numeric_limits<std::uint64_t>::max()) == "18.4 EB");
}

TEST_CASE("figures have up to six significant digits") {
  CHECK(figure_text(0.957447) == "0.957447");
  CHECK(figure_text(0.95744681) == "0.957447");
  CHECK(figure_text(12.0) == "12");
  CHECK(figure_text(1e-6) == "1e-06");
  CHECK(figure_text(1234567.0) == "1.23457e+06");
  CHECK(figure_text(-0.0) == "0");
  CHECK(figure_text(-0.5) == "-0.5");
}

TEST_CASE("a number is the whole text or none") {
  CHECK(parse_double("0.92") == 0.92);
  CHECK(parse_double("-1e-3") == -0.001);
  CHECK(parse_double("7") == 7.0);
  CHECK(parse_integer("-42") == -42);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  const auto text = GENERATE(as<std::string>{}, "", " ", "1x", "x1", " 1", "1 ", "nan", "NaN", "inf", "-Infinity",
                             "1e999", "--1", "+1", "0x10", "1,5", "1_000");
  CAPTURE(text);
  CHECK_FALSE(parse_double(text));
  CHECK_FALSE(parse_integer(text));
}

TEST_CASE("an integer has no fraction and fits 64 bits") {
  CHECK_FALSE(parse_integer("1.0"));
  CHECK_FALSE(parse_integer("1e3"));
  CHECK_FALSE(parse_integer("9223372036854775808"));
}
