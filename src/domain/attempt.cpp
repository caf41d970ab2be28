#include <mlops/domain/attempt.hpp>

namespace mlops::domain {

Json to_json(const ResourceUse& use) {
  return Json::object({{"wall_ms", use.wall_ms}, {"cpu_ms", use.cpu_ms}, {"peak_memory_bytes", use.peak_memory_bytes}});
}

Json to_json(const Attempt& attempt) {
  return Json::object(
      {{"exit_code", attempt.exit_code}, {"failure", attempt.failure}, {"used", to_json(attempt.used)}});
}

Attempt attempt_from_json(const Json& json) {
  const auto member = [](const Json& object, std::string_view key) -> const Json* {
    const Json* const found = object.find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
  };
  const auto number = [&](const Json& object, std::string_view key) {
    const Json* const found = member(object, key);
    return found == nullptr ? std::int64_t{0} : found->as_integer();
  };
  Attempt attempt;
  if (const Json* const code = member(json, "exit_code")) attempt.exit_code = static_cast<int>(code->as_integer());
  if (const Json* const failure = member(json, "failure")) attempt.failure = failure->as_string();
  const Json& used = json.at("used");
  attempt.used = {.wall_ms = number(used, "wall_ms"),
                  .cpu_ms = number(used, "cpu_ms"),
                  .peak_memory_bytes = number(used, "peak_memory_bytes")};
  return attempt;
}

}  // namespace mlops::domain
