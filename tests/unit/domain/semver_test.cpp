#include <mlops/domain/semver.hpp>

#include <catch2/catch.hpp>

using namespace mlops::domain;

namespace {

SemVer semver(std::string_view text) {
  const auto parsed = SemVer::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

// The lists of valid and invalid versions are those that semver.org links from its FAQ (regex101.com/r/vkijKf).
TEST_CASE("every valid SemVer is read and written back as it was") {
  for (const std::string text : {"0.0.4",
                                 "1.2.3",
                                 "10.20.30",
                                 "1.1.2-prerelease+meta",
                                 "1.1.2+meta",
                                 "1.1.2+meta-valid",
                                 "1.0.0-alpha",
                                 "1.0.0-beta",
                                 "1.0.0-alpha.beta",
                                 "1.0.0-alpha.1",
                                 "1.0.0-alpha0.valid",
                                 "1.0.0-alpha.0valid",
                                 "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
                                 "1.0.0-rc.1+build.1",
                                 "2.0.0-rc.1+build.123",
                                 "1.2.3-beta",
                                 "10.2.3-DEV-SNAPSHOT",
                                 "1.2.3-SNAPSHOT-123",
                                 "1.0.0",
                                 "2.0.0+build.1848",
                                 "2.0.1-alpha.1227",
                                 "1.0.0-alpha+beta",
                                 "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
                                 "1.2.3----R-S.12.9.1--.12+meta",
                                 "1.2.3----RC-SNAPSHOT.12.9.1--.12",
                                 "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
                                 "1.0.0-0A.is.legal"}) {
    INFO(text);
    CHECK(semver(text).text() == text);
  }
}

TEST_CASE("what is not a SemVer is not read as one") {
  for (const std::string text : {"1",
                                 "1.2",
                                 "1.2.3-0123",
                                 "1.2.3-0123.0123",
                                 "1.1.2+.123",
                                 "+invalid",
                                 "-invalid",
                                 "-invalid+invalid",
                                 "alpha",
                                 "alpha.beta",
                                 "1.0.0-alpha_beta",
                                 "1.0.0-alpha..",
                                 "1.0.0-alpha..1",
                                 "01.1.1",
                                 "1.01.1",
                                 "1.1.01",
                                 "1.2.3.DEV",
                                 "1.2-SNAPSHOT",
                                 "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
                                 "-1.0.3-gamma+b7718",
                                 "+justmeta",
                                 "9.8.7+meta+meta",
                                 "9.8.7-whatever+meta+meta",
                                 "",
                                 "v1.2.3",
                                 "1.2.3 ",
                                 "1.2.3-",
                                 "1.2.3+",
                                 "1.+2.3",
                                 "99999999999999999999999.0.0"}) {
    INFO(text);
    CHECK_FALSE(SemVer::parse(text));
  }
  CHECK_FALSE(SemVer::parse("1.2.3-" + std::string(300, 'a')));
}

TEST_CASE("precedence is that of SemVer 2.0.0, section 11") {
  const std::vector<std::string> ascending = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                              "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                                              "1.0.0-rc.1",  "1.0.0",         "2.0.0",
                                              "2.1.0",       "2.1.1",         "10.0.0"};
  for (std::size_t i = 0; i + 1 < ascending.size(); ++i) {
    INFO(ascending[i] << " < " << ascending[i + 1]);
    CHECK(semver(ascending[i]) < semver(ascending[i + 1]));
    CHECK_FALSE(semver(ascending[i + 1]) < semver(ascending[i]));
  }
  CHECK(semver("1.0.0-99999999999999999999") < semver("1.0.0-100000000000000000000"));
  CHECK(semver("1.0.0+a") == semver("1.0.0+b"));
}

TEST_CASE("a bump gives the next release, and finishes a pre-release first") {
  CHECK(semver("1.2.3").bumped(Bump::major).text() == "2.0.0");
  CHECK(semver("1.2.3").bumped(Bump::minor).text() == "1.3.0");
  CHECK(semver("1.2.3+abc").bumped(Bump::patch).text() == "1.2.4");
  // As `npm version` does: https://github.com/npm/node-semver, inc().
  CHECK(semver("1.3.0-rc.1").bumped(Bump::minor).text() == "1.3.0");
  CHECK(semver("1.3.1-rc.1").bumped(Bump::minor).text() == "1.4.0");
  CHECK(semver("1.3.1-rc.1").bumped(Bump::patch).text() == "1.3.1");
  CHECK(semver("2.0.0-rc.1").bumped(Bump::major).text() == "2.0.0");
  CHECK(semver("2.1.0-rc.1").bumped(Bump::major).text() == "3.0.0");
}
