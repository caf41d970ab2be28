#include <algorithm>

#include <fmt/core.h>

#include <mlops/app/monitor_check.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "reports/deliver.hpp"
#include "reports/monitoring.hpp"

namespace mlops::cli {

namespace {

class MonitorCheck final : public Command {
 public:
  Help help() const override {
    return {{{"mlops monitor check churn@production", "is the newest batch what the version was made for?"},
             {"mlops monitor check churn@production --last 7 --report monitoring.html", "the last seven, as a page"},
             {"mlops monitor check churn@7 -q", "only what is bad"}},
            "Holds the newest batches against the reference: drift of each feature and of all, missing and unknown "
            "values, drift of predictions, and the conditions of the stage's gate (or of [model.NAME.monitor]) by the "
            "outcomes that are known. Without outcomes the performance of a classifier of two classes is estimated "
            "from its scores, calibrated on its holdout. Exits 3 when something is bad: docs/monitoring.md lists what "
            "is."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version, or the stage that it holds", Completes::reference);
    args.number({"--last"}, "N", last_, 1,
                "how many of the newest batches with inputs, and of those with predictions (default: 1)");
    args.repeated({"--report"}, "FILE", reports_, "also write to FILE: .html, .md, .json, .txt (repeat for more)",
                  Completes::files);
  }

  ExitCode run(const Session& session) override {
    const std::vector<ReportFile> files = prepare_report_files(session, reports_, "--report");
    for (const ReportFile& file : files) {
      if (file.format == ReportFormat::junit) (void)render_monitoring(file.format, {});
    }
    app::Workspace workspace{session.context(), app::Access::read};
    const app::HealthOutcome outcome =
        app::check_version(workspace, {.reference = reference_, .last = static_cast<std::size_t>(last_.value_or(1))});
    for (const ReportFile& file : files) write_file_atomic(file.path, render_monitoring(file.format, outcome));
    if (session.json()) {
      session.print_json(app::to_json(outcome));
    } else if (session.quiet()) {
      for (const app::MonitorFinding& finding : outcome.findings) {
        if (finding.is_bad) session.print_line(finding_text(finding));
      }
    } else {
      session.print(text_monitoring(outcome, look_of(session)));
      suggest_ignoring(session, outcome);
    }
    return outcome.is_healthy() ? ExitCode::done : ExitCode::refused;
  }

 private:
  // Training data has a label, and what production sends has none.
  static void suggest_ignoring(const Session& session, const app::HealthOutcome& outcome) {
    const auto gone = std::ranges::find(outcome.findings, "column.gone", &app::MonitorFinding::kind);
    if (gone == outcome.findings.end()) return;
    session.hint(fmt::format("ignore = [\"{}\"] under [model.{}.monitor] in mlops.toml, if that is the label",
                             printable(gone->column), outcome.version.model));
  }

  std::string reference_;
  std::optional<std::int64_t> last_;
  std::vector<std::string> reports_;
};

}  // namespace

std::unique_ptr<Command> make_monitor_check() { return std::make_unique<MonitorCheck>(); }

}  // namespace mlops::cli
