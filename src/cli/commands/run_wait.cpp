#include <fmt/core.h>

#include <mlops/app/run_wait.hpp>

#include "all.hpp"
#include "render.hpp"
#include "retrain_result.hpp"

namespace mlops::cli {

namespace {

class RunWait final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run wait 12", "until run 12 is over, here or on a cluster"},
             {"mlops retrain churn --on slurm -q | xargs mlops run wait", "hand over, and wait"}},
            "Of a training that a cluster runs it takes in what came of it: log, metrics and outputs; registers the "
            "version, and promotes it where that was asked for. Whoever looks first does this, and nobody does it "
            "twice. A Ctrl-C ends the waiting and not the run. Exits 7 when the training failed, 3 when a gate refused "
            "the version, 8 when the cluster knows the job no longer."};
  }

  void declare(Args& args) override { args.positional("RUN", run_, "the number of the run", Completes::run); }

  ExitCode run(const Session& session) override {
    const std::int64_t number = parse_run_number(run_);
    if (session.dry_run()) {
      if (session.json()) {
        app::Workspace workspace{session.context(), app::Access::read};
        session.print_json(domain::to_json(app::show_run(workspace, number).run).set("dry_run", true));
      } else {
        session.print_line(fmt::format("would wait for run {}", number));
      }
      return ExitCode::done;
    }
    app::Workspace workspace{session.context(), app::Access::write};
    const app::WaitOutcome outcome = app::wait_for_run(workspace, number);
    if (!session.json()) return print_waited(session, outcome);
    // The same for everybody, whoever took the result in.
    session.print_json(domain::to_json(outcome.run).set("dry_run", false));
    return code_of(session, outcome);
  }

 private:
  std::string run_;
};

}  // namespace

std::unique_ptr<Command> make_run_wait() { return std::make_unique<RunWait>(); }

}  // namespace mlops::cli
