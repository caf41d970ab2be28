#include <fmt/core.h>

#include <mlops/app/marks.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class Tag final : public Command {
 public:
  Help help() const override {
    return {{{"mlops tag churn@7 team=risk reviewed", "set two tags"},
             {"mlops tag churn@7 --remove reviewed", "remove one"},
             {"mlops tag churn@7", "show them"}},
            "Tags are facts about a version that may change, unlike everything it was registered with."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.positionals("NAME[=VALUE]", set_, "tags to set", false, Completes::nothing);
    args.repeated({"--remove"}, "NAME", remove_, "a tag to remove (can be repeated)");
  }

  ExitCode run(const Session& session) override {
    const bool changes = (!set_.empty() || !remove_.empty()) && !session.dry_run();
    app::Workspace workspace{session.context(), changes ? app::Access::write : app::Access::read};
    const app::TagOutcome outcome = app::tag(
        workspace,
        {.reference = reference_, .set = parse_tag_arguments(set_), .remove = remove_, .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(Json::object({{"version", outcome.version.text()},
                                       {"tags", domain::to_json(outcome.tags)},
                                       {"changed", outcome.changed},
                                       {"dry_run", session.dry_run()}}));
      return ExitCode::done;
    }
    if (!session.quiet()) {
      session.print_line(session.style().bold(outcome.version.text()) +
                         (session.dry_run() && outcome.changed ? " would have" : ""));
    }
    for (const auto& [name, value] : outcome.tags) {
      session.print_line(fmt::format("  {}{}{}", printable(name), value.empty() ? "" : "=", printable(value)));
    }
    if (outcome.tags.empty() && !session.quiet()) session.print_line("  no tags");
    return ExitCode::done;
  }

 private:
  std::string reference_;
  std::vector<std::string> set_, remove_;
};

}  // namespace

std::unique_ptr<Command> make_tag() { return std::make_unique<Tag>(); }

}  // namespace mlops::cli
