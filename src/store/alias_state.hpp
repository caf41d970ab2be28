// What the audit log says of an alias, which is no record of its own in the domain.
#pragma once

#include <cstdint>
#include <string>

#include <mlops/domain/names.hpp>
#include <mlops/support/json.hpp>

namespace mlops::store {

inline Json alias_state(const std::string& model, const std::string& alias, std::int64_t version) {
  return Json::object({{"model", model}, {"alias", alias}, {"version", domain::VersionId{model, version}.text()}});
}

}  // namespace mlops::store
