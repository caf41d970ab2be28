#include "semver_key.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mlops::store::sqlite {

namespace {

bool is_numeric(const std::string& identifier) {
  return std::all_of(identifier.begin(), identifier.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

// Numbers are padded to the width of the greatest. A release ends in '~', which sorts after the '-' of its
// pre-releases. Numeric identifiers
// ('0', their length, their digits) come before words ('1'); '!' ends an identifier because it sorts before all that
// may be in one.
std::string semver_key(const domain::SemVer& semver) {
  std::string key = fmt::format("{:020}.{:020}.{:020}", semver.major, semver.minor, semver.patch);
  if (semver.prerelease.empty()) return key + '~';
  key += '-';
  for (const std::string& identifier : semver.prerelease) {
    key += is_numeric(identifier) ? fmt::format("0{:08}{}!", identifier.size(), identifier) : '1' + identifier + '!';
  }
  return key;
}

}  // namespace mlops::store::sqlite
