#include <fmt/core.h>

#include <mlops/app/gate.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

Json outcome_json(const app::ApprovalsOutcome& outcome) {
  Json needed = Json::object();
  for (const auto& [stage, count] : outcome.needed) needed.set(stage, count);
  return Json::object({{"version", outcome.version.text()},
                       {"given", outcome.given ? domain::to_json(*outcome.given) : Json{}},
                       {"approvals", json_array(outcome.approvals)},
                       {"needed", needed}});
}

class Approve final : public Command {
 public:
  Help help() const override {
    return {{{"mlops approve churn@7 --to production", "I agree"},
             {"mlops approve churn@7 --to production --reject -m 'fails for new customers'", "I don't, and why"}},
            "Records your word on a version entering a stage. A gate with `approvals = N` wants N people who agree; "
            "anybody's "
            "rejection closes it until that person approves. Your latest word counts."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.required_option({"--to"}, "STAGE", stage_, "the stage it should enter", Completes::stage);
    args.flag({"--reject"}, reject_, "reject instead; needs a reason");
    args.option({"-m", "--message"}, "TEXT", reason_, "why");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::ApprovalsOutcome outcome = app::approve(
        workspace,
        {.reference = reference_, .stage = stage_, .reject = reject_, .reason = reason_, .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(outcome_json(outcome));
    } else if (session.quiet()) {
      session.print_line(outcome.version.text());
    } else {
      session.print_line(fmt::format("{} {} {} for {} as {}", session.dry_run() ? "would have" : "",
                                     reject_ ? "rejected" : "approved", session.style().bold(outcome.version.text()),
                                     stage_, outcome.given->by)
                             .substr(session.dry_run() ? 0 : 1));
      if (!reject_ && !session.dry_run())
        session.hint(fmt::format("mlops promote {} --to {}", outcome.version.text(), stage_));
    }
    return ExitCode::done;
  }

 private:
  std::string reference_, stage_, reason_;
  bool reject_ = false;
};

class Approvals final : public Command {
 public:
  Help help() const override {
    return {{{"mlops approvals churn@7", "who said what"}},
            "Lists every approval and rejection of a version, oldest first."};
  }

  void declare(Args& args) override { args.positional("MODEL[@REF]", reference_, "the version", Completes::reference); }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::ApprovalsOutcome outcome = app::list_approvals(workspace, reference_);
    if (session.json()) {
      session.print_json(outcome_json(outcome));
      return ExitCode::done;
    }
    for (const auto& [stage, count] : outcome.needed) {
      session.print_line(fmt::format("{} wants {}", stage, count_text(static_cast<std::size_t>(count), "approval")));
    }
    if (outcome.approvals.empty()) {
      session.print_line(fmt::format("nobody has approved or rejected {}", outcome.version.text()));
      return ExitCode::done;
    }
    Table table{{"STAGE", "WORD", "BY", "WHEN", "REASON"}};
    for (const auto& approval : outcome.approvals) {
      const bool agrees = approval.decision == domain::Decision::approve;
      table.add({{approval.stage},
                 {agrees ? "approved" : "rejected", agrees ? Tone::good : Tone::bad},
                 {approval.by},
                 {session.when(approval.at)},
                 {printable(approval.reason)}});
    }
    session.print(table.text(session.style(), session.columns()));
    return ExitCode::done;
  }

 private:
  std::string reference_;
};

}  // namespace

std::unique_ptr<Command> make_approve() { return std::make_unique<Approve>(); }
std::unique_ptr<Command> make_approvals() { return std::make_unique<Approvals>(); }

}  // namespace mlops::cli
