#include <mlops/app/delete.hpp>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::string_view name_of(app::DeleteResult result) {
  switch (result) {
    case app::DeleteResult::deleted:
      return "deleted";
    case app::DeleteResult::already_deleted:
      return "already_deleted";
    case app::DeleteResult::refused:
      return "refused";
  }
  return "";
}

class Delete final : public Command {
 public:
  Help help() const override {
    return {{{"mlops delete churn@3", "delete it"},
             {"mlops delete churn@3 -m 'holds personal data'", "and say why"},
             {"mlops delete churn@3 --force -m 'incident 31'", "though it holds a stage or others descend from it"},
             {"mlops list churn --deleted", "what was deleted is still known"}},
            "A deleted version can't be checked out, promoted or retrained any more. What is known of it stays: `mlops "
            "show` tells it, and who deleted it, when and why. Its number is never given again, and its SemVer stays "
            "taken. Its bytes go with the next `mlops artifacts gc --apply`, unless something else needs them.\n\n"
            "Refused (exit 3) while it holds a stage, has an alias, or other versions have it as their parent. With "
            "--force and a reason it goes all the same: the stage is then held by nobody, and the alias is removed."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.option({"-m", "--message"}, "REASON", reason_, "why; needed with --force");
    args.flag({"--force"}, force_, "though a stage, an alias or another version needs it");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::DeleteOutcome outcome = app::delete_version(
        workspace, {.reference = reference_, .reason = reason_, .force = force_, .dry_run = session.dry_run()});
    if (session.json()) {
      print_json(session, outcome);
    } else if (!session.quiet()) {
      print_text(session, outcome);
    } else if (outcome.result != app::DeleteResult::refused) {
      session.print_line(outcome.version.text());
    }
    return outcome.result == app::DeleteResult::refused ? ExitCode::refused : ExitCode::done;
  }

 private:
  static void print_json(const Session& session, const app::DeleteOutcome& outcome) {
    Json children = Json::array();
    for (const auto& child : outcome.children) children.push_back(child.text());
    const bool is_refused = outcome.result == app::DeleteResult::refused;
    session.print_json(Json::object({{"result", name_of(outcome.result)},
                                     {"version", outcome.version.text()},
                                     {"deletion", is_refused ? Json{} : domain::to_json(outcome.deletion)},
                                     {"stages", json_texts(outcome.stages)},
                                     {"aliases", json_texts(outcome.aliases)},
                                     {"children", children},
                                     {"more_children", outcome.more_children},
                                     {"dry_run", outcome.dry_run}}));
  }

  void print_text(const Session& session, const app::DeleteOutcome& outcome) const {
    const std::string id = session.style().bold(outcome.version.text());
    if (outcome.result == app::DeleteResult::already_deleted) {
      session.print_line(fmt::format("{} is deleted already, {}", id, deletion_text(session, outcome.deletion)));
      return;
    }
    if (outcome.result == app::DeleteResult::refused) {
      session.print_line(fmt::format("{} is {}: it is needed", id, session.style().bad("not deleted")));
    } else {
      session.print_line(fmt::format("{} {} deleted", id, outcome.dry_run ? "would be" : "is"));
    }
    print_needs(session, outcome);
    if (outcome.result == app::DeleteResult::refused) {
      session.hint(fmt::format("mlops delete {} --force -m REASON  (deletes it all the same)", outcome.version.text()));
    } else if (!outcome.dry_run) {
      session.hint("mlops artifacts gc  (shows which bytes can go)");
    }
  }

  static void print_needs(const Session& session, const app::DeleteOutcome& outcome) {
    const bool is_refused = outcome.result == app::DeleteResult::refused;
    for (const std::string& stage : outcome.stages) {
      session.print_line(is_refused ? fmt::format("  it holds {}", stage)
                                    : fmt::format("  {} is held by nobody then", stage));
    }
    for (const std::string& alias : outcome.aliases) {
      session.print_line(is_refused ? fmt::format("  {}@{} points to it", outcome.version.model, alias)
                                    : fmt::format("  {}@{} is removed", outcome.version.model, alias));
    }
    if (outcome.children.empty()) return;
    std::vector<std::string> names;
    for (const auto& child : outcome.children) names.push_back(child.text());
    session.print_line(fmt::format("  parent of {}{}", join(names, ", "), outcome.more_children ? " and others" : ""));
  }

  std::string reference_, reason_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_delete() { return std::make_unique<Delete>(); }

}  // namespace mlops::cli
