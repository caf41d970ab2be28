#include <fmt/core.h>

#include <mlops/app/marks.hpp>
#include <mlops/support/error.hpp>

#include "all.hpp"
#include "table.hpp"

namespace mlops::cli {

namespace {

std::string target_text(const std::string& model, const std::optional<std::int64_t>& number) {
  return number ? domain::VersionId{model, *number}.text() : std::string{"nothing"};
}

Json target_json(const std::string& model, const std::optional<std::int64_t>& number) {
  return number ? Json{target_text(model, number)} : Json{};
}

class Alias final : public Command {
 public:
  Help help() const override {
    return {{{"mlops alias churn@7 champion", "churn@champion is churn@7 from now on"},
             {"mlops alias churn champion --remove", "the name is free again"},
             {"mlops alias churn", "the aliases of churn"}},
            "An alias is a free, movable name without a gate. What must pass a gate is a stage: see `mlops promote`."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version to name, or the model", Completes::reference);
    args.optional_positional("ALIAS", alias_, "the name");
    args.flag({"--remove"}, remove_, "remove the alias");
    args.option({"--expect"}, "REF", expect_, "refuse unless it names this version now; `none` for nothing");
  }

  ExitCode run(const Session& session) override {
    if (!alias_) {
      if (remove_) throw Error{ErrorKind::usage, "missing `ALIAS`: which one should be removed?"};
      return list(session);
    }
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::AliasOutcome outcome = app::set_alias(
        workspace,
        {.reference = reference_, .alias = alias_, .remove = remove_, .expect = expect_, .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(Json::object({{"model", outcome.model},
                                       {"alias", outcome.alias},
                                       {"before", target_json(outcome.model, outcome.before)},
                                       {"after", target_json(outcome.model, outcome.after)},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      if (outcome.after) session.print_line(target_text(outcome.model, outcome.after));
    } else if (remove_) {
      session.print_line(fmt::format("{}@{} {} removed, it was {}", outcome.model, session.style().bold(outcome.alias),
                                     session.dry_run() ? "would be" : "is",
                                     target_text(outcome.model, outcome.before)));
    } else {
      session.print_line(fmt::format("{}@{} {} {}{}", outcome.model, session.style().bold(outcome.alias),
                                     session.dry_run() ? "would be" : "is", target_text(outcome.model, outcome.after),
                                     outcome.before && outcome.before != outcome.after
                                         ? fmt::format(", before it was {}", target_text(outcome.model, outcome.before))
                                         : std::string{}));
    }
    return ExitCode::done;
  }

 private:
  ExitCode list(const Session& session) const {
    app::Workspace workspace{session.context(), app::Access::read};
    const std::string model = reference_.substr(0, reference_.find('@'));
    const auto aliases = app::list_aliases(workspace, model);
    if (session.json()) {
      Json array = Json::array();
      for (const auto& alias : aliases)
        array.push_back(Json::object({{"alias", alias.alias}, {"version", target_text(model, alias.version)}}));
      session.print_json(Json::object({{"model", model}, {"aliases", array}}));
      return ExitCode::done;
    }
    Facts facts;
    for (const auto& alias : aliases) facts.add(alias.alias, target_text(model, alias.version));
    session.print(facts.text(session.style(), ""));
    if (aliases.empty() && !session.quiet()) session.print_line(fmt::format("{} has no aliases", model));
    return ExitCode::done;
  }

  std::string reference_;
  std::optional<std::string> alias_, expect_;
  bool remove_ = false;
};

}  // namespace

std::unique_ptr<Command> make_alias() { return std::make_unique<Alias>(); }

}  // namespace mlops::cli
