#include <mlops/app/init.hpp>

#include <fmt/core.h>

#include "all.hpp"

namespace mlops::cli {

namespace {

class Init final : public Command {
 public:
  Help help() const override {
    return {{{"mlops init", "a registry in .mlops/ of this folder"},
             {"mlops init --registry /srv/models", "use (or make) a registry that others share"}},
            "Makes the registry (database, objects, settings) and keeps it out of git. Writes a commented mlops.toml "
            "if there is "
            "none. Run again, it says that the registry exists and changes nothing."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    app::InitRequest request;
    request.registry = session.flags().registry;
    request.dry_run = session.dry_run();
    const app::InitOutcome outcome = app::init(session.context(), request);
    if (session.json()) {
      session.print_json(Json::object({{"project", outcome.project.string()},
                                       {"registry", outcome.registry.string()},
                                       {"created", outcome.created},
                                       {"policy_written", outcome.policy_written},
                                       {"in_git", outcome.in_git},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      session.print_line(outcome.registry.string());
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_text(const Session& session, const app::InitOutcome& outcome) {
    const std::string_view would = session.dry_run() ? "would make" : "made";
    if (outcome.created) {
      session.print_line(fmt::format("{} the registry {}", would, outcome.registry.string()));
    } else {
      session.print_line(fmt::format("the registry {} exists", outcome.registry.string()));
    }
    if (outcome.policy_written) {
      session.print_line(fmt::format("{} mlops.toml: stages, gates and recipes; commit it to make it count",
                                     session.dry_run() ? "would write" : "wrote"));
    }
    if (!outcome.in_git) session.context().warn("not in a git repository: versions will not be tied to code");
    session.hint("mlops register MODEL PATH");
  }
};

}  // namespace

std::unique_ptr<Command> make_init() { return std::make_unique<Init>(); }

}  // namespace mlops::cli
