#include <fmt/core.h>

#include <mlops/app/marks.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"

namespace mlops::cli {

namespace {

class Deprecate final : public Command {
 public:
  Help help() const override {
    return {{{"mlops deprecate churn@3 -m 'trained on leaked labels'", "warn against it"},
             {"mlops deprecate churn@3 --undo", "take that back"}},
            "A deprecated version is kept with all its facts, but no gate lets it in any more. Refused for a version "
            "that holds a "
            "stage."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.option({"-m", "--message"}, "REASON", reason_, "why; needed");
    args.flag({"--undo"}, undo_, "no longer deprecated");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::DeprecateOutcome outcome = app::deprecate(
        workspace, {.reference = reference_, .reason = reason_, .undo = undo_, .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(Json::object({{"version", outcome.version.text()},
                                       {"deprecated", outcome.deprecated},
                                       {"reason", outcome.deprecated ? Json{outcome.reason} : Json{}},
                                       {"changed", outcome.changed},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      session.print_line(outcome.version.text());
    } else {
      session.print_line(fmt::format("{} {}{}", session.style().bold(outcome.version.text()),
                                     session.dry_run() ? "would be " : "is ",
                                     outcome.deprecated ? "deprecated" : "not deprecated"));
    }
    return ExitCode::done;
  }

 private:
  std::string reference_, reason_;
  bool undo_ = false;
};

}  // namespace

std::unique_ptr<Command> make_deprecate() { return std::make_unique<Deprecate>(); }

}  // namespace mlops::cli
