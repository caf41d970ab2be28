#include <catch2/catch.hpp>

#include <map>

#include <mlops/support/text.hpp>

#include "owner.hpp"

using mlops::git::owner_is_gone;
using mlops::git::owner_mark;

namespace {

using Fields = std::map<std::size_t, std::string>;

// The mark of this process with some of its words replaced.
std::string with(const Fields& fields) {
  auto words = mlops::split(owner_mark(), ' ');
  for (const auto& [field, value] : fields) words[field] = value;
  return mlops::join(words, " ");
}

}  // namespace

TEST_CASE("this process is not gone") { CHECK_FALSE(owner_is_gone(owner_mark())); }

TEST_CASE("a process that started at another time is gone, its number used again") {
  CHECK(owner_is_gone(with({{2, "start=1"}})));
}

TEST_CASE("a process of another boot is gone") { CHECK(owner_is_gone(with({{3, "boot=another"}}))); }

TEST_CASE("a process of another host may be running") {
  CHECK_FALSE(owner_is_gone(with({{3, "boot=another"}, {4, "host=another"}})));
}

TEST_CASE("what is not our mark is nobody's") {
  CHECK_FALSE(owner_is_gone(""));
  CHECK_FALSE(owner_is_gone("on a portable device"));
  CHECK_FALSE(owner_is_gone("mlops is great"));
  CHECK_FALSE(owner_is_gone(with({{1, "pid=../self"}})));
  CHECK_FALSE(owner_is_gone(with({{2, "begin=1"}})));
}
