#include "stages/lines.hpp"

#include <catch2/catch.hpp>

namespace mlops::app {
namespace {

TEST_CASE("the lines of a stage are those below its headings") {
  constexpr std::string_view marked =
      "0 x env.setup\n5 o installing\n0 x stage a\n1 o one\n2 e two\n3 x a remark\n0 x stage b\n1 o three\n0 x stage "
      "a\n1 o four\n";
  CHECK(lines_of_stage(marked, true, "a", true) == "1 o one\n2 e two\n3 x a remark\n1 o four\n");
  CHECK(lines_of_stage(marked, true, "b", true) == "1 o three\n");
  CHECK(lines_of_stage(marked, true, "env.setup", true).empty());
}

TEST_CASE("the log of a cluster has the same headings as people see them") {
  constexpr std::string_view plain =
      "[mlops: env.setup]\nx\n[mlops: stage a]\none\n[mlops: stage ab]\n\n[mlops: \nlast";
  CHECK(lines_of_stage(plain, false, "a", true) == "one\n");
  CHECK(lines_of_stage(plain, false, "ab", true) == "\n[mlops: \nlast");
}

TEST_CASE("a line that is still being written waits") {
  CHECK(lines_of_stage("[mlops: stage a]\none\n[mlops: stage", false, "a", false) == "one\n");
  CHECK(lines_of_stage("[mlops: stage a]\none\nhalf", false, "a", false) == "one\n");
  CHECK(lines_of_stage("", false, "a", false).empty());
}

}  // namespace
}  // namespace mlops::app
