#include <fmt/core.h>

#include <mlops/app/gate.hpp>

#include "all.hpp"
#include "promotion.hpp"
#include "render.hpp"
#include "reports/deliver.hpp"

namespace mlops::cli {

namespace {

class Promote final : public Command {
 public:
  Help help() const override {
    return {{{"mlops promote churn@7 --to production", "if the gate agrees"},
             {"mlops promote churn@7 --to production --expect churn@6 -m 'ticket 812'", "only if churn@6 holds it now"},
             {"mlops promote churn@latest --to staging --dry-run", "would it be let in?"}},
            "Asks the gate of the stage, as mlops.toml declares it in git, and moves the stage when every check "
            "passes. The verdict "
            "is stored with all its evidence, also when it is a refusal. Exits 0 when the version holds the stage, 3 "
            "when the gate "
            "refuses, 5 when somebody else moved the stage meanwhile. Promoting the holder again changes nothing."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.required_option({"--to"}, "STAGE", stage_, "the stage it should enter", Completes::stage);
    args.option({"--expect"}, "REF", expect_, "refuse unless this version holds the stage now; `none` for nobody",
                Completes::reference);
    args.option({"-m", "--message"}, "TEXT", message_, "why");
    args.repeated({"--report"}, "FILE", reports_,
                  "write a report as well: .xml for JUnit, .md, .html, .json or .txt (can be repeated)",
                  Completes::files);
  }

  ExitCode run(const Session& session) override {
    const auto files = prepare_report_files(session, reports_, "--report");
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::PromoteOutcome outcome = app::promote(workspace, {.reference = reference_,
                                                                 .stage = stage_,
                                                                 .expect = expect_,
                                                                 .message = message_,
                                                                 .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(promotion_json(outcome));
    } else if (session.quiet()) {
      if (outcome.result != app::PromoteResult::refused) session.print_line(outcome.version.text());
    } else {
      print_promotion(session, outcome);
    }
    Report report{outcome.version, {}};
    if (outcome.result != app::PromoteResult::already_there) report.verdicts.push_back(outcome.verdict);
    deliver_report(session, report, files);
    return outcome.result == app::PromoteResult::refused ? ExitCode::refused : ExitCode::done;
  }

 private:
  std::string reference_, stage_, message_;
  std::optional<std::string> expect_;
  std::vector<std::string> reports_;
};

}  // namespace

std::unique_ptr<Command> make_promote() { return std::make_unique<Promote>(); }

}  // namespace mlops::cli
