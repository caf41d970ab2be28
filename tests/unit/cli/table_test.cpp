#include "table.hpp"

#include <catch2/catch.hpp>

namespace mlops::cli {
namespace {

const Style plain{false};

TEST_CASE("Columns are as wide as their widest cell, and lines have no blanks at the end") {
  Table table{{"MODEL", "STAGES"}};
  table.add({"churn", ""});
  table.add({"risk/fraud", "production"});
  CHECK(table.text(plain, 0) ==
        "MODEL       STAGES\n"
        "churn\n"
        "risk/fraud  production\n");
}

TEST_CASE("A column without any text is left out, heading and all") {
  Table table{{"A", "B", "C"}};
  table.add({"1", "", "3"});
  table.add({"4", "", "6"});
  CHECK(table.text(plain, 0, "  ") ==
        "  A  C\n"
        "  1  3\n"
        "  4  6\n");
}

TEST_CASE("Wide characters and emoji are counted as the terminal shows them") {
  Table table{{"NAME", "N"}};
  table.add({"模型", "1"});
  table.add({"🙂", "2"});
  table.add({"é", "3"});
  CHECK(table.text(plain, 0) ==
        "NAME  N\n"
        "模型  1\n"
        "🙂    2\n"
        "é     3\n");
}

TEST_CASE("On a terminal the widest columns give way until the table fits") {
  Table table{{"VERSION", "MESSAGE"}};
  table.add({"churn@1", "a message that is much too long"});
  CHECK(table.text(plain, 24) ==
        "VERSION  MESSAGE\n"
        "churn@1  a message that…\n");
}

TEST_CASE("No column gets narrower than eight, even if the table doesn't fit then") {
  Table table{{"A", "B"}};
  table.add({"0123456789", "0123456789"});
  CHECK(table.text(plain, 5) ==
        "A         B\n"
        "0123456…  0123456…\n");
}

TEST_CASE("Colour changes nothing about the layout") {
  Table table{{"A", "B"}};
  table.add({Cell{"x", Tone::bad}, "1"});
  CHECK(table.text(Style{true}, 0) ==
        "\x1b[2mA\x1b[0m  \x1b[2mB\x1b[0m\n"
        "\x1b[31mx\x1b[0m  1\n");
}

TEST_CASE("Facts stand under each other, with empty ones left out and further lines indented") {
  Facts facts;
  facts.add("digest", "sha256:12");
  facts.add("parent", "");
  facts.add("os", "Debian\nLinux");
  CHECK(facts.text(plain) ==
        "  digest  sha256:12\n"
        "  os      Debian\n"
        "          Linux\n");
}

}  // namespace
}  // namespace mlops::cli
