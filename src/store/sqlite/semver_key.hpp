// Semantic versions as texts that sort, byte by byte, by their precedence.
#pragma once

#include <string>

#include <mlops/domain/semver.hpp>

namespace mlops::store::sqlite {

std::string semver_key(const domain::SemVer& semver);

}  // namespace mlops::store::sqlite
