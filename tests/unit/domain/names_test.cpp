#include <mlops/domain/names.hpp>

#include <catch2/catch.hpp>

#include <string>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

std::string fault(std::string_view name) {
  return message_of([&] { check_model_name(name); });
}
std::string proposal(std::string_view name) {
  return hint_of([&] { check_model_name(name); });
}

}  // namespace

TEST_CASE("a model is called name or namespace/name") {
  for (const std::string name : {"churn", "churn-v2", "team/churn", "a.b_c-d/e.f", "7", "0day"}) {
    CHECK(check_model_name(name) == name);
    CHECK(check_dataset_name(name) == name);
  }
  CHECK(check_model_name(std::string(255, 'a')).size() == 255);
}

TEST_CASE("an illegal name is refused with the rule that it breaks") {
  CHECK(fault("") == "the name of the model is empty");
  CHECK(fault("Churn") == "`Churn` can't be the name of a model: it has the upper-case letter `C`");
  CHECK(fault("my model") == "`my model` can't be the name of a model: it has a space");
  CHECK(fault("a/b/c") == "`a/b/c` can't be the name of a model: it has more than one `/`");
  CHECK(fault("a/") == "`a/` can't be the name of a model: there is nothing on one side of the `/`");
  CHECK(fault("-a") == "`-a` can't be the name of a model: it begins with `-`");
  CHECK(fault("a_") == "`a_` can't be the name of a model: it ends with `_`");
  CHECK(fault("a..b") == "`a..b` can't be the name of a model: it has two of `.`, `_`, `-` in a row");
  CHECK(fault("café") == "`café` can't be the name of a model: it has `é`, which is not one of a-z, 0-9");
  CHECK(fault("a\xff") == "`a\\xff` can't be the name of a model: it is not valid UTF-8");
  CHECK(fault("a\x1b[31m") == "`a\\x1b[31m` can't be the name of a model: it has a control character");
  CHECK(fault("../etc") == "`../etc` can't be the name of a model: it begins with `.`");
  CHECK(fault(std::string("a\0b", 3)) == "`a\\x00b` can't be the name of a model: it has a control character");
  CHECK(fault(std::string(256, 'a')).find("is 256 bytes long, the longest allowed is 255") != std::string::npos);
  CHECK(fault(std::string(100'000, '\n')).size() < 300);
}

TEST_CASE("the nearest legal name is proposed") {
  CHECK(proposal("Churn Model") == "did you mean `churn-model`?");
  CHECK(proposal("team/Churn Model!") == "did you mean `team/churn-model`?");
  CHECK(proposal("a--b") == "did you mean `a-b`?");
  CHECK(proposal("-churn-") == "did you mean `churn`?");
  CHECK(proposal("🚀").find("did you mean") == std::string::npos);
  CHECK(proposal("café").find("did you mean") == std::string::npos);
}

TEST_CASE("a stage or alias can't be taken for another kind of reference") {
  CHECK(check_stage_name("production") == "production");
  CHECK(check_alias_name("champion") == "champion");
  CHECK(check_alias_name("v2-candidate") == "v2-candidate");
  CHECK(check_alias_name("deadbeef") == "deadbeef");
  for (const std::string name : {"7", "v7", "1.2", "1.2.0", "v1.2.0", "1.2.0-rc.1", "v1.2.0-rc.1", "1e5", "latest"}) {
    INFO(name);
    CHECK_THROWS_AS(check_stage_name(name), Error);
    CHECK_THROWS_AS(check_alias_name(name), Error);
  }
  CHECK_THROWS_AS(check_alias_name(std::string(64, 'a')), Error);
  CHECK_THROWS_AS(check_stage_name("team/production"), Error);
  CHECK(message_of([] { check_alias_name("v7"); }) ==
        "`v7` can't be the name of an alias: in MODEL@v7 it reads as a version number");
}

TEST_CASE("a key is any text that a line NAME=VALUE can hold") {
  for (const std::string key : {"auc", "val/accuracy", "top 1", "größe", "指标", "a-b", "f1@0.5"}) {
    CHECK(check_key("metric", key) == key);
  }
  CHECK(check_key("tag", std::string(250, 'k')).size() == 250);
  for (const std::string key : {"", " a", "a ", "a=b", "-a", "a\nb", "a\x7f", "a\xc2\x85z", "\xff", "a\tb"}) {
    INFO(key);
    CHECK_THROWS_AS(check_key("metric", key), Error);
  }
  CHECK_THROWS_AS(check_key("tag", std::string(251, 'k')), Error);
  CHECK(message_of([] { check_key("param", "a=b"); }) == "`a=b` can't be the name of a param: it has a `=`");
}

TEST_CASE("versions are ordered by model and number and written MODEL@NUMBER") {
  CHECK(VersionId{"churn", 7}.text() == "churn@7");
  CHECK(VersionId{"churn", 9} < VersionId{"churn", 10});
}
