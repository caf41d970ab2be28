#include <fmt/core.h>

#include <mlops/app/report.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "all.hpp"
#include "reports/deliver.hpp"

namespace mlops::cli {

namespace {

class ReportCommand final : public Command {
 public:
  Help help() const override {
    return {{{"mlops report churn@7", "what every gate decided last, and why"},
             {"mlops report churn@7 --gate production --out gate.html", "as a page for people"},
             {"mlops report churn@7 --format markdown", "for a comment in a review"}},
            "Tells what is recorded: nothing is asked anew. The same verdict always gives the same bytes. The page "
            "needs no network and no script. Without --format the ending of FILE tells: .html, .md, .xml (JUnit), "
            ".json or .txt. Exits 0 whatever was decided; `mlops validate` is the command whose exit code tells."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version", Completes::reference);
    args.option({"--gate"}, "STAGE", stage_, "only the gate of this stage", Completes::stage);
    args.number({"--verdict"}, "N", verdict_, 1, "this verdict, instead of each gate's latest");
    args.option({"--format"}, "FORMAT", format_, "text, json, junit, markdown or html");
    args.option({"-o", "--out"}, "FILE", out_, "write it there", Completes::files);
  }

  ExitCode run(const Session& session) override {
    if (stage_ && verdict_) throw Error{ErrorKind::usage, "`--gate` and `--verdict` exclude each other"};
    if (session.json() && (out_ || format_)) {
      throw Error{ErrorKind::usage, "`--json` is the format: `--format` and `--out` go without it"};
    }
    const ReportFormat format = wanted_format();
    app::Workspace workspace{session.context(), app::Access::read};
    const app::ReportOutcome outcome =
        app::stored_report(workspace, {.reference = reference_, .stage = stage_, .verdict = verdict_});
    const Report report{outcome.version, outcome.verdicts};
    if (!out_ && session.quiet() && !format_) {
      for (const auto& verdict : report.verdicts)
        session.print_line(fmt::format("{} {}", verdict.stage, name_of(verdict.result)));
      return ExitCode::done;
    }
    if (!out_) {
      session.print(render_report(session.json() ? ReportFormat::json : format, report, look_of(session)));
      return ExitCode::done;
    }
    const std::filesystem::path file = workspace.absolute(*out_);
    if (!session.dry_run()) {
      make_directories(file.parent_path());
      write_file_atomic(file, render_report(format, report));
    }
    session.print_line(session.quiet()
                           ? *out_
                           : fmt::format("{} the report of {} to {}", session.dry_run() ? "would write" : "wrote",
                                         report.version.text(), *out_));
    return ExitCode::done;
  }

 private:
  [[nodiscard]] ReportFormat wanted_format() const {
    if (format_) return parse_report_format(*format_);
    return out_ ? report_format_of(*out_, "--out") : ReportFormat::text;
  }

  std::string reference_;
  std::optional<std::string> stage_, format_, out_;
  std::optional<std::int64_t> verdict_;
};

}  // namespace

std::unique_ptr<Command> make_report() { return std::make_unique<ReportCommand>(); }

}  // namespace mlops::cli
