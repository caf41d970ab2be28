#include <catch2/catch.hpp>

#include <map>

#include <unistd.h>

#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

using mlops::process_is_gone;
using mlops::process_mark;

namespace {

using Fields = std::map<std::size_t, std::string>;

// The mark of this process with some of its words replaced.
std::string with(const Fields& fields) {
  auto words = mlops::split(process_mark(), ' ');
  for (const auto& [field, value] : fields) words[field] = value;
  return mlops::join(words, " ");
}

}  // namespace

TEST_CASE("this process is not gone") { CHECK_FALSE(process_is_gone(process_mark())); }

TEST_CASE("a running process can be asked for by its mark") {
  CHECK(mlops::running_process(process_mark()) == ::getpid());
  CHECK_FALSE(mlops::running_process(with({{2, "start=1"}})));
  CHECK_FALSE(mlops::running_process(with({{4, "host=another"}})));
}

TEST_CASE("a process that started at another time is gone, its number used again") {
  CHECK(process_is_gone(with({{2, "start=1"}})));
}

TEST_CASE("a process of another boot is gone") { CHECK(process_is_gone(with({{3, "boot=another"}}))); }

TEST_CASE("a process of another host may be running") {
  CHECK_FALSE(process_is_gone(with({{3, "boot=another"}, {4, "host=another"}})));
}

TEST_CASE("what is not our mark is nobody's") {
  CHECK_FALSE(process_is_gone(""));
  CHECK_FALSE(process_is_gone("on a portable device"));
  CHECK_FALSE(process_is_gone("mlops is great"));
  CHECK_FALSE(process_is_gone(with({{1, "pid=../self"}})));
  CHECK_FALSE(process_is_gone(with({{2, "begin=1"}})));
}
