#include <fmt/core.h>

#include <mlops/app/gate.hpp>

#include "all.hpp"

namespace mlops::cli {

namespace {

class Rollback final : public Command {
 public:
  Help help() const override {
    return {{{"mlops rollback churn --stage production", "back to the one before"},
             {"mlops rollback churn --stage production --to 5 -m 'incident 31'", "back to churn@5"}},
            "Brings a former holder back without asking a gate, since it passed one when it came in; its files must be "
            "intact. Run "
            "again, it undoes itself. Exits 4 when there is nothing to roll back to."};
  }

  void declare(Args& args) override {
    args.positional("MODEL", model_, "the model", Completes::model);
    args.required_option({"--stage"}, "STAGE", stage_, "the stage to roll back", Completes::stage);
    args.option({"--to"}, "REF", to_, "a former holder (default: the one before the present)", Completes::reference);
    args.option({"-m", "--message"}, "TEXT", message_, "why");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::RollbackOutcome outcome = app::rollback(
        workspace, {.model = model_, .stage = stage_, .to = to_, .message = message_, .dry_run = session.dry_run()});
    const std::string to = domain::VersionId{outcome.model, outcome.to}.text();
    const std::string from = domain::VersionId{outcome.model, outcome.from}.text();
    if (session.json()) {
      session.print_json(Json::object({{"model", outcome.model},
                                       {"stage", outcome.stage},
                                       {"from", from},
                                       {"to", to},
                                       {"changed", outcome.from != outcome.to},
                                       {"dry_run", outcome.dry_run}}));
    } else if (session.quiet()) {
      session.print_line(to);
    } else if (outcome.from == outcome.to) {
      session.print_line(fmt::format("{} holds {} already", session.style().bold(to), outcome.stage));
    } else {
      session.print_line(fmt::format("{} {} {}, back from {}", session.style().bold(to),
                                     outcome.dry_run ? "would hold" : "holds", outcome.stage, from));
      if (!outcome.dry_run)
        session.hint(fmt::format("mlops rollback {} --stage {}  (undoes this)", outcome.model, outcome.stage));
    }
    return ExitCode::done;
  }

 private:
  std::string model_, stage_, message_;
  std::optional<std::string> to_;
};

}  // namespace

std::unique_ptr<Command> make_rollback() { return std::make_unique<Rollback>(); }

}  // namespace mlops::cli
