#include <mlops/domain/reference.hpp>

#include <catch2/catch.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

std::string fault(std::string_view text) {
  return message_of([&] { parse_reference(text); });
}
std::string proposal(std::string_view text) {
  return hint_of([&] { parse_reference(text); });
}

}  // namespace

TEST_CASE("MODEL@REF names a version by number, stage, alias, SemVer, digest or latest") {
  CHECK(std::get<std::int64_t>(parse_reference("churn@7").selector) == 7);
  CHECK(std::get<std::int64_t>(parse_reference("churn@v7").selector) == 7);
  CHECK(std::get<NamedReference>(parse_reference("team/churn@production").selector).name == "production");
  CHECK(std::get<SemVer>(parse_reference("churn@1.2.0").selector).minor == 2);
  CHECK(std::holds_alternative<Latest>(parse_reference("churn@latest").selector));
  CHECK(std::get<DigestPrefix>(parse_reference("churn@sha256:0123abcd").selector).hex == "0123abcd");
  CHECK(parse_reference("team/churn@production").model == "team/churn");
}

TEST_CASE("MODEL alone means the latest version, but says that nobody wrote so") {
  const Reference reference = parse_reference("churn");
  CHECK(std::holds_alternative<Latest>(reference.selector));
  CHECK_FALSE(reference.explicit_selector);
  CHECK(parse_reference("churn@latest").explicit_selector);
}

TEST_CASE("a reference is written back as a person would write it") {
  for (const std::string text :
       {"churn", "churn@7", "churn@production", "churn@1.2.0-rc.1", "churn@latest", "churn@sha256:0123abcd"}) {
    CHECK(parse_reference(text).text() == text);
  }
  CHECK(parse_reference("churn@v7").text() == "churn@7");
}

TEST_CASE("what is no reference is refused in words") {
  CHECK(fault("churn@") == "there is nothing after the `@`");
  CHECK(fault("churn@0") == "`0` can't follow the `@`: numbers begin at 1");
  CHECK(fault("churn@007") == "`007` can't follow the `@`: a number has no leading zeros");
  CHECK(fault("churn@99999999999999999999") == "`99999999999999999999` can't follow the `@`: the number is too large");
  CHECK(fault("churn@sha256:abc") == "`sha256:abc` can't follow the `@`: at least 8 digits of a digest are needed");
  CHECK(fault("churn@sha256:" + std::string(65, 'a')).ends_with("a digest has 64 digits at most"));
  CHECK(fault("churn@sha256:0123ABCD").ends_with("a digest has the lower-case hex digits 0-9 and a-f"));
  CHECK(fault("@7") == "the name of the model is empty");
  CHECK(fault("churn@7@8") != "");
  CHECK(fault("churn@-1") != "");
}

TEST_CASE("a near miss of a reference is proposed") {
  CHECK(proposal("churn:7") == "did you mean `churn@7`?");
  CHECK(proposal("churn 7") == "did you mean `churn@7`?");
  CHECK(proposal("churn==1.2.0") == "did you mean `churn@1.2.0`?");
  CHECK(proposal("churn@Production") == "did you mean `production`?");
  CHECK(proposal("churn@V7") == "did you mean `7`?");
  CHECK(proposal("churn@v1.2.0") == "did you mean `1.2.0`?");
  CHECK(proposal("churn@1.2") == "did you mean `1.2.0`?");
  CHECK(proposal("Churn@7") == "did you mean `churn`?");
  CHECK(proposal("churn@").starts_with("a reference is MODEL@REF"));
}

TEST_CASE("a dataset has numbers and digests, but neither stages nor SemVers") {
  CHECK(std::get<std::int64_t>(parse_dataset_reference("team/train@3").selector) == 3);
  CHECK_FALSE(parse_dataset_reference("train").explicit_selector);
  CHECK(std::holds_alternative<DigestPrefix>(parse_dataset_reference("train@sha256:01234567").selector));
  CHECK_THROWS_AS(parse_dataset_reference("train@production"), Error);
  CHECK_THROWS_AS(parse_dataset_reference("train@1.2.0"), Error);
}

TEST_CASE("no spoiled reference does worse than be refused") {
  const std::string good = "team/churn@1.2.0-rc.1+build";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'\0', '\n', '@', '/', ' ', '\xff', ':', '9', 'Z'}) {
      const std::string bad = good.substr(0, i) + c + good.substr(i);
      const auto error = error_of([&] { parse_reference(bad); });
      if (error) CHECK(error->kind() == ErrorKind::usage);
    }
    const auto error = error_of([&] { parse_reference(good.substr(0, i)); });
    if (error) CHECK(error->kind() == ErrorKind::usage);
  }
}
