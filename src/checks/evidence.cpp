#include "evidence.hpp"

#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::checks {

using domain::CheckResult;
using domain::Evidence;

Evidence make_evidence(std::string check, std::string wanted) {
  Evidence evidence;
  evidence.check = std::move(check);
  evidence.wanted = std::move(wanted);
  return evidence;
}

Evidence passed(Evidence evidence, std::string found, std::string reason) {
  evidence.result = CheckResult::passed;
  evidence.found = std::move(found);
  evidence.reason = std::move(reason);
  return evidence;
}

Evidence failed(Evidence evidence, std::string found, std::string reason) {
  evidence.result = CheckResult::failed;
  evidence.found = std::move(found);
  evidence.reason = std::move(reason);
  return evidence;
}

Evidence errored(Evidence evidence, std::string reason) {
  evidence.result = CheckResult::error;
  evidence.reason = std::move(reason);
  return evidence;
}

std::string count_text(std::size_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string no_such_key(std::string_view owner, std::string_view kind, std::string_view key,
                        std::span<const std::string> known) {
  std::string text = fmt::format("{}no {} `{}`", owner, kind, printable(key));
  if (const auto near = near_miss(key, known)) text += fmt::format("; did you mean `{}`?", printable(*near));
  return text;
}

}  // namespace mlops::checks
