#include <fmt/core.h>

#include <mlops/app/waive.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

Json waivers_outcome_json(const Session& session, const app::WaiversOutcome& outcome) {
  const auto given = outcome.given ? std::vector{*outcome.given} : std::vector<domain::Waiver>{};
  Json given_json = waivers_json(given, session.now());
  return Json::object({{"version", outcome.version.text()},
                       {"given", given.empty() ? Json{} : given_json.as_array().front()},
                       {"withdrawn", waivers_json(outcome.withdrawn, session.now())},
                       {"waivers", waivers_json(outcome.waivers, session.now())},
                       {"dry_run", session.dry_run()}});
}

class Waive final : public Command {
 public:
  Help help() const override {
    return {{{"mlops waive churn@7 metrics.auc --until 2026-12-31 -m 'known drift'", "enters without it"},
             {"mlops waive churn@7 'auc >= 0.92' --to production --until 14d -m 'drift'", "one condition"},
             {"mlops waive churn@7 metrics.auc --undo", "withdraws that"}},
            "Records your word that a version may pass a gate although it does not pass one of its checks, until a day "
            "that you name. The check is still asked, and shown as not passed, with your name and reason. `waivers = "
            "false` in a gate forbids it; artifacts.intact and approvals are never waived."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.positional("CHECK", check_, "as the gate names it, or a condition as mlops.toml states it");
    args.option({"--until"}, "DATE", until_, "the last day on which it counts, or a span from now (14d)");
    args.option({"-m", "--message"}, "REASON", reason_, "why; needed unless withdrawing");
    args.option({"--to"}, "STAGE", stage_, "the gate, where several ask the check", Completes::stage);
    args.flag({"--undo"}, undo_, "withdraw the waivers of this check");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::WaiversOutcome outcome = app::waive(workspace, {.reference = reference_,
                                                               .check = check_,
                                                               .stage = stage_,
                                                               .until = until_,
                                                               .reason = reason_,
                                                               .undo = undo_,
                                                               .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(waivers_outcome_json(session, outcome));
    } else if (session.quiet()) {
      session.print_line(outcome.version.text());
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_text(const Session& session, const app::WaiversOutcome& outcome) {
    const std::string version = session.style().bold(outcome.version.text());
    for (const domain::Waiver& waiver : outcome.withdrawn) {
      session.print_line(fmt::format("{} the waiver of {} for {}, which {} gave {}",
                                     session.dry_run() ? "would withdraw" : "withdrew", printable(waiver.check),
                                     waiver.stage, printable(waiver.by), version));
    }
    if (!outcome.given) return;
    session.print_line(
        fmt::format("{} {} for {}, into {}, until {}", session.dry_run() ? "would waive" : "waived",
                    printable(outcome.given->condition.empty() ? outcome.given->check : outcome.given->condition),
                    version, outcome.given->stage, domain::until_text(outcome.given->until)));
    if (!session.dry_run()) {
      session.hint(fmt::format("mlops promote {} --to {}", outcome.version.text(), outcome.given->stage));
    }
  }

  std::string reference_, check_, until_, reason_;
  std::optional<std::string> stage_;
  bool undo_ = false;
};

class Waivers final : public Command {
 public:
  Help help() const override {
    return {{{"mlops waivers churn@7", "what was waived, by whom, until when"}},
            "Lists every waiver of a version, oldest first, with those that are expired or withdrawn."};
  }

  void declare(Args& args) override { args.positional("MODEL[@REF]", reference_, "the version", Completes::reference); }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::WaiversOutcome outcome = app::list_waivers(workspace, reference_);
    if (session.json()) {
      session.print_json(Json::object(
          {{"version", outcome.version.text()}, {"waivers", waivers_json(outcome.waivers, session.now())}}));
      return ExitCode::done;
    }
    if (outcome.waivers.empty()) {
      if (!session.quiet()) session.print_line(fmt::format("nothing is waived for {}", outcome.version.text()));
      return ExitCode::done;
    }
    session.print(session.quiet() ? quiet_text(session, outcome) : table_text(session, outcome));
    return ExitCode::done;
  }

 private:
  // Those that stand, for a script.
  static std::string quiet_text(const Session& session, const app::WaiversOutcome& outcome) {
    std::string text;
    for (const domain::Waiver& waiver : outcome.waivers) {
      if (state_of(waiver, session.now()) != domain::WaiverState::stands) continue;
      text += fmt::format("{} {}\n", waiver.stage, printable(waiver.check));
    }
    return text;
  }

  static std::string table_text(const Session& session, const app::WaiversOutcome& outcome) {
    Table table{{"STAGE", "CHECK", "STATE", "UNTIL", "BY", "WHEN", "REASON"}};
    table.soft({"BY", "REASON"});
    for (const domain::Waiver& waiver : outcome.waivers) {
      const domain::WaiverState state = state_of(waiver, session.now());
      std::string reason = printable(waiver.reason);
      if (waiver.withdrawn) {
        reason += fmt::format("; withdrawn by {}", printable(waiver.withdrawn->by));
        if (!waiver.withdrawn->reason.empty()) reason += ": " + printable(waiver.withdrawn->reason);
      }
      table.add({{waiver.stage},
                 {printable(waiver.condition.empty() ? waiver.check : waiver.condition)},
                 {std::string{name_of(state)}, cli::tone_of(state)},
                 {domain::until_text(waiver.until)},
                 {printable(waiver.by)},
                 {session.when(waiver.at)},
                 {std::move(reason)}});
    }
    return table.text(session.style(), session.columns());
  }

  std::string reference_;
};

}  // namespace

std::unique_ptr<Command> make_waive() { return std::make_unique<Waive>(); }
std::unique_ptr<Command> make_waivers() { return std::make_unique<Waivers>(); }

}  // namespace mlops::cli
