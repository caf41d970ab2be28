#include "changes.hpp"

#include <fmt/core.h>

namespace mlops::app {

namespace {

std::map<std::string, domain::DataUse> by_role(const std::vector<domain::DataUse>& data) {
  std::map<std::string, domain::DataUse> map;
  for (const auto& use : data) map.emplace(use.role, use);
  return map;
}

void flatten(const Json& json, const std::string& prefix, std::map<std::string, std::string>& into) {
  if (!json.is_object()) {
    if (!json.is_null()) into[prefix] = json.is_string() ? json.as_string() : to_line(json);
    return;
  }
  for (const auto& [key, value] : json.as_object()) {
    flatten(value, prefix.empty() ? key : fmt::format("{}.{}", prefix, key), into);
  }
}

}  // namespace

std::vector<Change<domain::DataUse>> data_changes(const std::vector<domain::DataUse>& a,
                                                  const std::vector<domain::DataUse>& b) {
  auto differing = changes(by_role(a), by_role(b));
  std::erase_if(differing, [](const Change<domain::DataUse>& change) {
    return change.before && change.after && change.before->digest == change.after->digest;
  });
  return differing;
}

std::map<std::string, std::string> flat_environment(const Json& environment) {
  std::map<std::string, std::string> facts;
  flatten(environment, "", facts);
  return facts;
}

}  // namespace mlops::app
