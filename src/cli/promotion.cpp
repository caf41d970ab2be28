#include "promotion.hpp"

#include <fmt/core.h>

#include "render.hpp"

namespace mlops::cli {

namespace {

std::string_view name_of(app::PromoteResult result) {
  switch (result) {
    case app::PromoteResult::promoted:
      return "promoted";
    case app::PromoteResult::already_there:
      return "already_there";
    case app::PromoteResult::refused:
      return "refused";
  }
  return "refused";
}

std::string headline(const Session& session, const app::PromoteOutcome& outcome) {
  const Style& style = session.style();
  const std::string version = style.bold(outcome.version.text());
  switch (outcome.result) {
    case app::PromoteResult::already_there:
      return fmt::format("{} holds {} already", version, outcome.stage);
    case app::PromoteResult::promoted: {
      const std::string_view verb = outcome.dry_run ? "would enter" : "now holds";
      const std::string before =
          outcome.previous ? fmt::format(", replacing {}@{}", outcome.version.model, *outcome.previous) : std::string{};
      return fmt::format("{} {} {}{}", version, style.good(verb), outcome.stage, before);
    }
    case app::PromoteResult::refused:
      return fmt::format("{} {} {}: the gate {}", version,
                         style.bad(outcome.dry_run ? "would not enter" : "was refused by"), outcome.stage,
                         outcome.verdict.result == domain::VerdictResult::inconclusive ? "can't tell" : "says no");
  }
  return {};
}

}  // namespace

Json promotion_json(const app::PromoteOutcome& outcome) {
  const bool asked = outcome.result != app::PromoteResult::already_there;
  return Json::object(
      {{"result", name_of(outcome.result)},
       {"version", outcome.version.text()},
       {"stage", outcome.stage},
       {"previous",
        outcome.previous ? Json{domain::VersionId{outcome.version.model, *outcome.previous}.text()} : Json{}},
       {"verdict", asked ? domain::to_json(outcome.verdict) : Json{}},
       {"dry_run", outcome.dry_run}});
}

void print_promotion(const Session& session, const app::PromoteOutcome& outcome) {
  session.print_line(headline(session, outcome));
  if (outcome.result == app::PromoteResult::already_there) return;
  session.print(evidence_text(session, outcome.verdict.evidence));
  if (outcome.dry_run) return;
  if (outcome.result == app::PromoteResult::refused) {
    session.hint(fmt::format("mlops show {}", outcome.version.text()));
  } else if (outcome.next_stage) {
    session.hint(fmt::format("mlops promote {} --to {}", outcome.version.text(), *outcome.next_stage));
  } else if (outcome.previous) {
    session.hint(fmt::format("mlops rollback {} --stage {}  (undoes this)", outcome.version.model, outcome.stage));
  }
}

}  // namespace mlops::cli
