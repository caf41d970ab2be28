#include <fmt/core.h>

#include <mlops/app/gate.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "reports/deliver.hpp"
#include "reports/text_plots.hpp"

namespace mlops::cli {

namespace {

class Validate final : public Command {
 public:
  Help help() const override {
    return {{{"mlops validate churn@7", "every gate"},
             {"mlops validate churn@7 --gate production", "one gate"},
             {"mlops validate churn@7 --gate production -q && deploy", "in CI: the exit code tells"},
             {"mlops validate churn@7 --report gate.xml --report gate.html", "also as JUnit, and as a page"}},
            "Asks every check of the gates in mlops.toml and stores the answers as evidence. Moves nothing. Exits 0 "
            "when every "
            "gate asked passes, 3 when one doesn't."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version", Completes::reference);
    args.option({"--gate"}, "STAGE", stage_, "only the gate of this stage", Completes::stage);
    args.repeated({"--report"}, "FILE", reports_,
                  "write a report as well: .xml for JUnit, .md, .html, .json or .txt (can be repeated)",
                  Completes::files);
    args.flag({"-v", "--verbose"}, verbose_, "draw the figures of the evidence too");
  }

  ExitCode run(const Session& session) override {
    const auto files = prepare_report_files(session, reports_, "--report");
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::ValidateOutcome outcome =
        app::validate(workspace, {.reference = reference_, .stage = stage_, .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(Json::object({{"version", outcome.version.text()},
                                       {"passed", outcome.passed()},
                                       {"verdicts", json_array(outcome.verdicts)},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      for (const auto& verdict : outcome.verdicts)
        session.print_line(fmt::format("{} {}", verdict.stage, name_of(verdict.result)));
    } else {
      print_text(session, outcome);
    }
    deliver_report(session, {outcome.version, outcome.verdicts}, files);
    return outcome.passed() ? ExitCode::done : ExitCode::refused;
  }

 private:
  void print_text(const Session& session, const app::ValidateOutcome& outcome) const {
    const Style& style = session.style();
    std::vector<std::string> open;
    for (const auto& verdict : outcome.verdicts) {
      const bool passed = verdict.result == domain::VerdictResult::passed;
      if (passed) open.push_back(verdict.stage);
      session.print_line(fmt::format("{}: {}", style.bold(verdict.stage),
                                     passed ? style.good("passed") : style.bad(name_of(verdict.result))));
      session.print(evidence_text(session, verdict.evidence));
      if (verbose_) session.print(evidence_plots(verdict.evidence, look_of(session)));
    }
    session.print_line(open.empty() ? fmt::format("{} may enter no stage that was asked", outcome.version.text())
                                    : fmt::format("{} may enter {}", outcome.version.text(), join(open, " and ")));
    if (!open.empty()) session.hint(fmt::format("mlops promote {} --to {}", outcome.version.text(), open.back()));
  }

  std::string reference_;
  std::optional<std::string> stage_;
  std::vector<std::string> reports_;
  bool verbose_ = false;
};

}  // namespace

std::unique_ptr<Command> make_validate() { return std::make_unique<Validate>(); }

}  // namespace mlops::cli
