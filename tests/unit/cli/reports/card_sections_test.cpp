#include "reports/card_sections.hpp"

#include <catch2/catch.hpp>

#include "reports/card.hpp"

namespace mlops::cli {
namespace {

TEST_CASE("headings are compared by their words") {
  CHECK(heading_key("Out-of-Scope Use [optional]") == heading_key("out of scope use"));
  CHECK(heading_key("Bias, Risks, and Limitations") == heading_key("bias risks and limitations"));
  CHECK(heading_key("Verwendung für Größen") == "verwendungfürgrößen");
}

TEST_CASE("an author's card is taken apart at its headings, but not in code") {
  const AuthoredCard card = read_authored_card(
      "Before.\n\n# Title\nIntro\n## Uses ##\n\nText\n```\n# code\n```\n#hash\n### Empty\n\n####### seven\n");
  CHECK(card.intro == "Before.");
  REQUIRE(card.sections.size() == 3);
  CHECK(card.sections[0].heading == "Title");
  CHECK(card.sections[1].heading == "Uses");
  CHECK(card.sections[1].body == "Text\n```\n# code\n```\n#hash");
  CHECK(card.sections[2].heading == "Empty");
  CHECK(card.sections[2].body == "####### seven");
}

TEST_CASE("a placeholder says nothing") {
  CHECK(read_authored_card("").sections.empty());
  const AuthoredCard card = read_authored_card("## Uses\n\n## Users\n[More Information Needed]\n");
  REQUIRE(card.sections.size() == 2);
  CHECK(card.sections[0].body == "");
  CHECK(card.sections[1].body == "");
}

TEST_CASE("of the front matter plain values and lists are read, and the others named") {
  const AuthoredCard card = read_authored_card(
      "---\nlicense: \"mit\"\nlanguage:\n- en\n- 'de'\ntags: [a, b]\n# remark\nmodel-index:\n- name: x\n  results: []\n"
      "evil: !!python/object x\nempty:\n---\nText\n");
  REQUIRE(card.entries.size() == 3);
  CHECK(card.entries[0].values == std::vector<std::string>{"mit"});
  CHECK_FALSE(card.entries[0].is_list);
  CHECK(card.entries[1].values == std::vector<std::string>{"en", "de"});
  CHECK(card.entries[2].values == std::vector<std::string>{"a", "b"});
  CHECK(card.unread == std::vector<std::string>{"model-index", "evil", "empty"});
  CHECK(card.intro == "Text");
}

TEST_CASE("a block without an end is text") {
  const AuthoredCard card = read_authored_card("---\nlicense: mit\n");
  CHECK(card.entries.empty());
  CHECK(card.intro == "---\nlicense: mit");
}

}  // namespace
}  // namespace mlops::cli
