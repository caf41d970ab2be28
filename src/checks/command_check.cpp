#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

constexpr std::size_t longest_reason = 200;

std::string last_line(std::string_view output) {
  const std::string_view text = trim(output);
  const std::size_t newline = text.find_last_of("\r\n");
  return truncate_to_width(printable(newline == std::string_view::npos ? text : text.substr(newline + 1)),
                           longest_reason);
}

}  // namespace

domain::Evidence command_check(const domain::CommandCheck& check, const Facts& facts) {
  auto evidence = make_evidence(check.name, std::string{command_wanted});
  const CommandOutcome outcome = facts.run_command(check);
  if (outcome.timed_out) {
    evidence.found = "no answer";
    return errored(std::move(evidence),
                   fmt::format("it was stopped after {}", duration_text(check.timeout_seconds * 1000)));
  }
  if (!outcome.exit_code || !outcome.failure.empty()) {
    evidence.found = "no answer";
    return errored(std::move(evidence),
                   outcome.failure.empty() ? "it could not be started" : printable(outcome.failure));
  }
  evidence.figures = outcome.figures;
  std::string found = fmt::format("exit code {}", *outcome.exit_code);
  if (!outcome.figures.is_null() && !outcome.figures.is_object()) {
    evidence.found = std::move(found);
    evidence.figures = {};
    return errored(std::move(evidence), "the figures that it wrote are no JSON object");
  }
  if (*outcome.exit_code == 0) return passed(std::move(evidence), std::move(found));
  const std::string said = last_line(outcome.last_output);
  return failed(std::move(evidence), std::move(found), said.empty() ? "it said nothing" : said);
}

}  // namespace mlops::checks
