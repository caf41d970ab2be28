#include <fmt/core.h>

#include <mlops/app/run_control.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "run_result.hpp"

namespace mlops::cli {

namespace {

class RunStop final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run stop 12", "asks run 12 to end, and waits until it has"},
             {"mlops run stop 12 --now", "kills it, with all that it started"}},
            "The command gets SIGTERM, with everything it started, and SIGKILL ten seconds later. What it wrote to its "
            "log is kept, and the run is recorded as interrupted. Of a search all trials end; a trial ends alone, and "
            "has failed. A run that has ended stays as it is. One whose "
            "process is gone gets its end. A run of another machine can only be stopped there."};
  }

  void declare(Args& args) override {
    args.positional("RUN", run_, "the number of the run", Completes::run);
    args.flag({"--now"}, now_, "kill it without waiting");
  }

  ExitCode run(const Session& session) override {
    const std::int64_t number = parse_run_number(run_);
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    if (session.dry_run()) {
      if (session.json()) {
        session.print_json(Json::object({{"run", number}, {"status", Json{}}, {"stopped", Json{}}, {"dry_run", true}}));
      } else {
        session.print_line(fmt::format("would stop run {}", number));
      }
      return ExitCode::done;
    }
    const app::StopOutcome outcome = app::stop_run(workspace, number, now_);
    if (session.json()) {
      session.print_json(Json::object({{"run", number},
                                       {"status", name_of(outcome.run.status)},
                                       {"stopped", outcome.was_running},
                                       {"dry_run", false}}));
    } else if (!session.quiet()) {
      session.print_line(fmt::format("run {} {}: {}", number, outcome.was_running ? "is stopped" : "had ended already",
                                     name_of(outcome.run.status)));
    }
    return ExitCode::done;
  }

 private:
  std::string run_;
  bool now_ = false;
};

class RunGc final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run gc --dry-run", "what did crashes leave behind?"}, {"mlops run gc", "remove it"}},
            "Removes the folders, with work trees and checkpoints, of runs on this machine whose process is gone, and "
            "ends what they left running. A training that could have been resumed can't be after that. What is "
            "recorded of the runs stays."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const auto folders = app::remove_left_folders(workspace, session.dry_run());
    if (session.json()) {
      Json removed = Json::array();
      for (const app::LeftFolder& left : folders)
        removed.push_back(Json::object({{"folder", left.path.string()}, {"run", left.run}, {"bytes", left.bytes}}));
      session.print_json(Json::object({{"removed", removed}, {"dry_run", session.dry_run()}}));
      return ExitCode::done;
    }
    if (session.quiet()) {
      for (const app::LeftFolder& left : folders) session.print_line(left.path.string());
      return ExitCode::done;
    }
    if (folders.empty()) session.print_line("nothing was left behind");
    for (const app::LeftFolder& left : folders) {
      session.print_line(
          fmt::format("{} {} ({}{})", session.dry_run() ? "would remove" : "removed", printable(left.path.string()),
                      left.run ? fmt::format("run {}, ", *left.run) : std::string{}, bytes_text(left.bytes)));
    }
    return ExitCode::done;
  }
};

class RunRerun final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run rerun 12", "the same command, params and paths, on the files as they are now"}},
            "Runs a recorded command again, in place, as a new run: in its folder, with its params, inputs, outputs, "
            "seed, time limit and retries. `mlops reproduce` makes a version again exactly as it was made."};
  }

  void declare(Args& args) override { args.positional("RUN", run_, "the number of the run", Completes::run); }

  ExitCode run(const Session& session) override {
    const std::int64_t number = parse_run_number(run_);
    app::RerunPlan plan;
    {
      app::Workspace workspace{session.context(), app::Access::read};
      plan = app::plan_rerun(workspace, number);
    }
    if (session.dry_run()) {
      print_planned_command(session, plan.request.command);
      return ExitCode::done;
    }
    app::Context context = session.context();
    context.directory = plan.directory;
    app::Workspace workspace{context, app::Access::write};
    return print_run_result(session, app::run(workspace, plan.request));
  }

 private:
  std::string run_;
};

}  // namespace

std::unique_ptr<Command> make_run_stop() { return std::make_unique<RunStop>(); }
std::unique_ptr<Command> make_run_gc() { return std::make_unique<RunGc>(); }
std::unique_ptr<Command> make_run_rerun() { return std::make_unique<RunRerun>(); }

}  // namespace mlops::cli
