#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sqlite/semver_key.hpp"

namespace mlops::store::sqlite {

// In ascending precedence; the pre-releases of 1.0.0 are the example of https://semver.org, 11.4.
TEST_CASE("Keys of semantic versions sort by precedence") {
  const std::vector<std::string> ascending{"0.9.10",
                                           "1.0.0-1",
                                           "1.0.0-2",
                                           "1.0.0-11",
                                           "1.0.0-alpha",
                                           "1.0.0-alpha.1",
                                           "1.0.0-alpha.beta",
                                           "1.0.0-beta",
                                           "1.0.0-beta.2",
                                           "1.0.0-beta.11",
                                           "1.0.0-rc.1",
                                           "1.0.0",
                                           "1.0.1",
                                           "1.2.0",
                                           "1.10.0",
                                           "2.0.0-0",
                                           "2.0.0",
                                           "10.0.0",
                                           "9007199254740991.0.0"};
  std::string before;
  for (const auto& text : ascending) {
    CAPTURE(text);
    const auto key = semver_key(*domain::SemVer::parse(text));
    CHECK(before < key);
    before = key;
  }
  CHECK(semver_key(*domain::SemVer::parse("1.0.0+a")) == semver_key(*domain::SemVer::parse("1.0.0+b")));
}

}  // namespace mlops::store::sqlite
