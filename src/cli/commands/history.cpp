#include <algorithm>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class History final : public Command {
 public:
  Help help() const override {
    return {{{"mlops history churn --stage production", "who held production, newest first"},
             {"mlops history churn --at 2026-11-01", "who held which stage at the end of that day"},
             {"mlops history churn --json", "with verdicts and reasons"}},
            "--at takes a date (2026-11-01, the end of that day in UTC), a time (2026-11-01T09:30:00Z) or a span back "
            "from now (3d)."};
  }

  void declare(Args& args) override {
    args.positional("MODEL", model_, "the model", Completes::model);
    args.option({"--stage"}, "STAGE", stage_, "only this stage", Completes::stage);
    args.option({"--at"}, "TIME", at_, "who held it then");
    args.number({"--limit"}, "N", limit_, 1, "at most N changes (default: 100)");
  }

  ExitCode run(const Session& session) override {
    constexpr std::size_t default_limit = 100;
    app::Workspace workspace{session.context(), app::Access::read};
    const app::HistoryOutcome outcome = app::history(
        workspace, {.model = model_, .stage = stage_, .at = at_, .limit = page_limit(limit_, default_limit)});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      for (const auto& entry : outcome.entries) {
        if (entry.change.version == 0) continue;
        session.print_line(domain::VersionId{outcome.model, entry.change.version}.text());
      }
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_json(const Session& session, const app::HistoryOutcome& outcome) {
    Json entries = Json::array();
    for (const auto& entry : outcome.entries) {
      Json json = domain::to_json(entry.change);
      json.set("verdict_record", entry.verdict ? domain::to_json(*entry.verdict) : Json{});
      entries.push_back(std::move(json));
    }
    session.print_json(Json::object(
        {{"model", outcome.model}, {"at", outcome.at ? Json{rfc3339(*outcome.at)} : Json{}}, {"entries", entries}}));
  }

  static std::string holder_text(const domain::StageChange& change) {
    return change.version == 0 ? "nobody" : domain::VersionId{change.model, change.version}.text();
  }

  // "verdict 3: 4 of 5 checks passed; metrics.auc waived by Ada until 2026-12-31: known drift"
  static std::string verdict_text(const domain::Verdict& verdict) {
    const auto passed = std::ranges::count(verdict.evidence, domain::CheckResult::passed, &domain::Evidence::result);
    std::string text =
        fmt::format("verdict {}: {} of {} passed", verdict.id, passed, count_text(verdict.evidence.size(), "check"));
    for (const auto& evidence : verdict.evidence) {
      const domain::Standing standing = standing_of(evidence);
      if (standing == domain::Standing::warns) text += fmt::format("; warning of {}", printable(evidence.check));
      if (standing != domain::Standing::waived) continue;
      text += fmt::format("; {} {}", printable(evidence.check), printable(domain::waiver_text(evidence)));
    }
    return text;
  }

  static std::string reason(const app::HistoryEntry& entry) {
    std::vector<std::string> parts;
    if (!entry.change.message.empty()) parts.push_back(printable(entry.change.message));
    if (entry.verdict) parts.push_back(verdict_text(*entry.verdict));
    return join(parts, "; ");
  }

  void print_text(const Session& session, const app::HistoryOutcome& outcome) const {
    if (outcome.entries.empty()) {
      const std::string stage = stage_.value_or("a stage");
      session.print_line(outcome.at ? fmt::format("nobody held {} of {} then", stage, outcome.model)
                                    : fmt::format("no version of {} has held {} yet", outcome.model, stage));
      return;
    }
    if (outcome.at) session.print_line(fmt::format("at {}", rfc3339(*outcome.at)));
    Table table{{"STAGE", "VERSION", outcome.at ? "SINCE" : "WHEN", "HOW", "BEFORE", "BY", "WHY"}};
    table.soft({"BY", "WHY"});
    for (const auto& entry : outcome.entries) {
      table.add({{entry.change.stage},
                 {holder_text(entry.change), Tone::bold},
                 {outcome.at ? rfc3339(entry.change.at) : session.when(entry.change.at)},
                 {std::string{name_of(entry.change.kind)},
                  entry.change.kind == domain::ChangeKind::promote ? Tone::plain : Tone::warning},
                 {entry.change.previous ? fmt::format("@{}", *entry.change.previous) : std::string{}},
                 {entry.change.by},
                 {reason(entry), Tone::faint}});
    }
    session.print(table.text(session.style(), session.columns()));
  }

  std::string model_;
  std::optional<std::string> stage_, at_;
  std::optional<std::int64_t> limit_;
};

}  // namespace

std::unique_ptr<Command> make_history() { return std::make_unique<History>(); }

}  // namespace mlops::cli
