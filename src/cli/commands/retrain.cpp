#include <fmt/core.h>

#include <mlops/app/run.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "promotion.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::string figure(const std::optional<double>& value) { return value ? figure_text(*value) : std::string{}; }

std::string difference(const std::optional<double>& value, const std::optional<double>& reference) {
  if (!value || !reference) return {};
  const double change = *value - *reference;
  return change == 0 ? std::string{"="} : (change > 0 ? "+" : "") + figure_text(change);
}

Json comparison_json(const std::vector<app::MetricComparison>& comparison) {
  Json array = Json::array();
  for (const auto& row : comparison) {
    array.push_back(
        Json::object({{"metric", row.metric}, {"value", row.value}, {"parent", row.parent}, {"holder", row.holder}}));
  }
  return array;
}

Json plan_json(const app::RetrainPlan& plan) {
  Json inputs = Json::object();
  for (const auto& [role, source] : plan.inputs) inputs.set(role, source);
  return Json::object({{"commit", plan.commit},
                       {"commit_origin", plan.commit_origin},
                       {"command", json_texts(plan.command)},
                       {"params", domain::to_json(plan.params)},
                       {"param_overrides", domain::to_json(plan.param_overrides)},
                       {"inputs", inputs}});
}

Json id_json(const std::optional<domain::VersionId>& id) { return id ? Json{id->text()} : Json{}; }

class Retrain final : public Command {
 public:
  Help help() const override {
    return {{{"mlops retrain churn@production --at HEAD", "what is in production, on today's code and data"},
             {"mlops retrain churn@7", "exactly as churn@7 was trained: its commit, data and params"},
             {"mlops retrain churn --param lr=0.05 --promote staging", "with another parameter, then through the gate"},
             {"mlops retrain churn --input train=new.csv --dry-run", "what would be done?"},
             {"mlops retrain --resume 12", "go on with run 12 after a crash, at the step where it stood"}},
            "Checks the commit out into a folder of its own (your tree is never touched), puts the input data in "
            "place, runs the "
            "recipe [model.NAME.train] of mlops.toml at that commit, and registers the result with its parent, run, "
            "data and code. "
            "Without --at it repeats the version: its commit, its recorded data, its params. A model without versions "
            "is trained "
            "from HEAD. Exits 7 when the training fails: its run and log are kept, nothing is registered. With "
            "--promote, 3 when "
            "the gate refuses; the version is registered all the same."
            "\n\nAfter a crash, --resume goes on with the run at the step where it stood, in the same work tree, with "
            "its checkpoints; nothing is registered twice."};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL[@REF]", reference_, "the version to train again", Completes::reference);
    args.option({"--at"}, "COMMIT", at_, "take recipe, code and data from this commit");
    args.repeated({"--param"}, "NAME=VALUE", params_, "set a param of the recipe (can be repeated)");
    args.repeated({"--input"}, "NAME=PATH", inputs_, "train on other data: a path, or a dataset NAME@N",
                  Completes::files);
    args.flag({"--include-dirty"}, include_dirty_, "from HEAD and what is not committed, which is recorded");
    args.number({"--resume"}, "RUN", resume_, 1, "go on with a training that was left unfinished", Completes::run);
    args.option({"--promote"}, "STAGE", promote_, "then promote to this stage, if its gate agrees", Completes::stage);
    args.option({"-m", "--message"}, "TEXT", message_, "what is new");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::RetrainOutcome outcome = resume_ ? resume(session, workspace) : train(session, workspace);
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      if (outcome.version) session.print_line(outcome.version->id.text());
    } else {
      print_text(session, outcome);
    }
    return exit_code(session, outcome);
  }

 private:
  [[nodiscard]] app::RetrainOutcome train(const Session& session, app::Workspace& workspace) const {
    if (!reference_) throw Error{ErrorKind::usage, "missing `MODEL[@REF]`", {"the version to train again"}};
    return app::retrain(workspace, {.reference = *reference_,
                                    .params = parse_param_arguments(params_),
                                    .inputs = parse_data_arguments(inputs_, "--input", session.context().directory),
                                    .at = at_,
                                    .promote = promote_,
                                    .message = message_,
                                    .include_dirty = include_dirty_,
                                    .dry_run = session.dry_run()});
  }

  // What was asked for then is what is done now.
  [[nodiscard]] app::RetrainOutcome resume(const Session& session, app::Workspace& workspace) const {
    const bool asks_otherwise = reference_ || at_ || promote_ || include_dirty_ || !params_.empty() ||
                                !inputs_.empty() || !message_.empty() || session.dry_run();
    if (asks_otherwise) {
      throw Error{ErrorKind::usage, "`--resume` goes on with what was asked for then, without other arguments"};
    }
    return app::resume_retrain(workspace, *resume_);
  }

  static ExitCode exit_code(const Session& session, const app::RetrainOutcome& outcome) {
    if (session.dry_run()) return ExitCode::done;
    if (!outcome.version) return ExitCode::training;
    if (outcome.promotion_conflict) return ExitCode::conflict;
    if (outcome.promotion && outcome.promotion->result == app::PromoteResult::refused) return ExitCode::refused;
    return ExitCode::done;
  }

  static void print_json(const Session& session, const app::RetrainOutcome& outcome) {
    session.print_json(Json::object({{"model", outcome.model},
                                     {"parent", id_json(outcome.parent)},
                                     {"plan", plan_json(outcome.plan)},
                                     {"run", outcome.run ? Json{outcome.run->number} : Json{}},
                                     {"run_record", outcome.run ? domain::to_json(*outcome.run) : Json{}},
                                     {"version", outcome.version ? Json{outcome.version->id.text()} : Json{}},
                                     {"version_record", outcome.version ? domain::to_json(*outcome.version) : Json{}},
                                     {"created", outcome.created},
                                     {"stage_compared", outcome.last_stage},
                                     {"holder", id_json(outcome.holder)},
                                     {"comparison", comparison_json(outcome.comparison)},
                                     {"promotion", outcome.promotion ? promotion_json(*outcome.promotion) : Json{}},
                                     {"promotion_conflict", outcome.promotion_conflict},
                                     {"dry_run", session.dry_run()}}));
  }

  static void print_plan(const Session& session, const app::RetrainOutcome& outcome) {
    session.print_line(fmt::format("would train {}", session.style().bold(outcome.model)));
    Facts facts;
    facts.add("commit", fmt::format("{} ({})", outcome.plan.commit.substr(0, 7), outcome.plan.commit_origin));
    facts.add("command", printable(join(outcome.plan.command, " ")));
    facts.add("params", params_text(outcome.plan.params));
    facts.add("set against the recipe", params_text(outcome.plan.param_overrides));
    for (const auto& [role, source] : outcome.plan.inputs) facts.add("input " + role, printable(source));
    session.print(facts.text(session.style()));
  }

  static void print_text(const Session& session, const app::RetrainOutcome& outcome) {
    const Style& style = session.style();
    if (session.dry_run()) return print_plan(session, outcome);
    if (!outcome.version) {
      session.print_line(fmt::format("{} {}: {}", style.bold(fmt::format("run {}", outcome.run->number)),
                                     style.bad("failed"), printable(outcome.run->failure)));
      session.print_line("nothing is registered");
      session.hint(fmt::format("mlops run log {}", outcome.run->number));
      return;
    }
    const std::string id = style.bold(outcome.version->id.text());
    if (outcome.created) {
      session.print_line(fmt::format("{} {} from run {}{}", style.good("registered"), id, outcome.run->number,
                                     outcome.parent ? ", child of " + outcome.parent->text() : std::string{}));
    } else {
      session.print_line(
          fmt::format("run {} made {} again, bit for bit; no new version is needed", outcome.run->number, id));
    }
    print_comparison(session, outcome);
    if (outcome.promotion) print_promotion(session, *outcome.promotion);
    if (outcome.promotion_conflict) session.print_line(fmt::format("not promoted: {}", *outcome.promotion_conflict));
    if (!outcome.promotion && !outcome.promotion_conflict)
      session.hint(fmt::format("mlops validate {}", outcome.version->id.text()));
  }

  static void print_comparison(const Session& session, const app::RetrainOutcome& outcome) {
    if (outcome.comparison.empty()) return;
    const bool has_holder = outcome.holder && outcome.holder != outcome.parent && outcome.holder != outcome.version->id;
    const bool has_parent = outcome.parent && outcome.parent != outcome.version->id;
    Table table{{"METRIC", outcome.version->id.text(), outcome.parent ? outcome.parent->text() : std::string{},
                 "CHANGE",
                 outcome.holder ? fmt::format("{} ({})", outcome.holder->text(), outcome.last_stage) : std::string{},
                 "CHANGE"}};
    for (const auto& row : outcome.comparison) {
      table.add({{printable(row.metric)},
                 {figure(row.value)},
                 {has_parent ? figure(row.parent) : std::string{}},
                 {has_parent ? difference(row.value, row.parent) : std::string{}},
                 {has_holder ? figure(row.holder) : std::string{}},
                 {has_holder ? difference(row.value, row.holder) : std::string{}}});
    }
    session.print(table.text(session.style(), session.columns(), "  "));
  }

  std::string message_;
  std::vector<std::string> params_, inputs_;
  std::optional<std::string> reference_, at_, promote_;
  std::optional<std::int64_t> resume_;
  bool include_dirty_ = false;
};

}  // namespace

std::unique_ptr<Command> make_retrain() { return std::make_unique<Retrain>(); }

}  // namespace mlops::cli
