#include "reports/escape.hpp"

#include <catch2/catch.hpp>

#include <mlops/support/text.hpp>

namespace mlops::cli {
namespace {

TEST_CASE("plain text keeps lines and tabs, and shows the bytes of whatever XML or a terminal can't bear") {
  CHECK(plain_text("one\ntwo\tthree") == "one\ntwo\tthree");
  CHECK(plain_text("a\r\nb\rc") == "a\nb\\x0dc");
  CHECK(plain_text(std::string_view{"a\0b\x1b[31m", 8}) == "a\\x00b\\x1b[31m");
  CHECK(plain_text("\xff\xc0") == "\\xff\\xc0");
  CHECK(plain_text("\xEF\xBF\xBE \xEF\xBF\xBF") == "\\xef\\xbf\\xbe \\xef\\xbf\\xbf");
  CHECK(plain_text("\xED\xA0\x80") == "\\xed\\xa0\\x80");  // half of a surrogate pair
  CHECK(plain_text("déjà vu 🙂") == "déjà vu 🙂");
  CHECK(plain_text("") == "");
}

TEST_CASE("what is cut is cut between characters and says so") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcdefgh", 6) == "abc…");
  CHECK(shortened("ééééé", 8) == "éé…");
  CHECK(is_valid_utf8(shortened("🙂🙂🙂", 7)));
  CHECK(shortened("abcd", 1) == "…");
}

TEST_CASE("nothing can end a text or an attribute of XML and HTML") {
  CHECK(xml_text("<b a=\"1\" c='2'>&]]>\n") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;]]&gt;\n");
  CHECK(xml_attribute("\"\n\t'") == "&quot;&#10;&#9;&#39;");
  CHECK(xml_text("&amp;") == "&amp;amp;");
}

TEST_CASE("prose in Markdown is no markup, and calls nobody") {
  CHECK(markdown_prose("a *b* _c_ `d` [e](f) | g # h") == "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\]\\(f\\) \\| g \\# h");
  CHECK(markdown_prose("<img onerror=x>&lt;") == "&lt;img onerror=x&gt;&amp;lt;");
  CHECK(markdown_prose("two\nlines\r\nthree") == "two lines three");
  CHECK(markdown_prose("@ada and ada@example.org and #12") == "@&#8203;ada and ada@example.org and \\#&#8203;12");
  CHECK(markdown_prose("churn@7") == "churn@7");
}

TEST_CASE("a code span has a fence longer than any inside, and bars that don't end a cell") {
  CHECK(markdown_code("auc >= 0.9") == "`auc >= 0.9`");
  CHECK(markdown_code("a`b``c") == "```a`b``c```");
  CHECK(markdown_code("`x`") == "`` `x` ``");
  CHECK(markdown_code("a | b\nc") == "`a \\| b c`");
  CHECK(markdown_code("") == "");
  CHECK(markdown_code(" \n") == "");
}

// https://docs.github.com/actions/reference/workflow-commands-for-github-actions, and the runner's own escaping of
// `%`, CR and LF in data, and of `:` and `,` in properties besides.
TEST_CASE("a workflow command of GitHub ends where we end it") {
  CHECK(github_message("100% sure,\nsaid: no") == "100%25 sure,%0Asaid: no");
  CHECK(github_property("a:b,c%\nd") == "a%3Ab%2Cc%25%0Ad");
  CHECK(github_message("x\r::error::y") == "x\\x0d::error::y");
}

TEST_CASE("a string of YAML is quoted wherever a reader might take it for something else") {
  CHECK(yaml_string("apache-2.0") == "apache-2.0");
  CHECK(yaml_string("team/churn") == "team/churn");
  for (const std::string text : {"", "true", "No", "null", "y", "NaN"}) CHECK(yaml_string(text) == '"' + text + '"');
  CHECK(yaml_string("1.0") == "\"1.0\"");
  CHECK(yaml_string("a: b") == "\"a: b\"");
  CHECK(yaml_string("- a") == "\"- a\"");
  CHECK(yaml_string("a\nmodel-index: []") == "\"a model-index: []\"");
  CHECK(yaml_string("say \"no\" \\") == "\"say \\\"no\\\" \\\\\"");
}

TEST_CASE("a number of YAML is one for readers of version 1.1 too, which want a point before an exponent") {
  CHECK(yaml_number(0.93) == "0.93");
  CHECK(yaml_number(3) == "3");
  CHECK(yaml_number(1e-9) == "1.0e-9");
  CHECK(yaml_number(1.5e300) == "1.5e+300");
}

}  // namespace
}  // namespace mlops::cli
