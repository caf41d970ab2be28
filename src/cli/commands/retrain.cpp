#include <algorithm>

#include <fmt/core.h>

#include <mlops/app/run.hpp>
#include <mlops/app/search.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "promotion.hpp"
#include "render.hpp"
#include "search_text.hpp"
#include "stages_text.hpp"

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

Json stages_json(const std::vector<domain::StageRun>& stages) {
  Json array = Json::array();
  for (const domain::StageRun& stage : stages) array.push_back(domain::to_json(stage));
  return array;
}

Json id_json(const std::optional<domain::VersionId>& id) { return id ? Json{id->text()} : Json{}; }

class Retrain final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops retrain churn@production --at HEAD", "what is in production, on today's code and data"},
         {"mlops retrain churn@7", "exactly as churn@7 was trained: its commit, data and params"},
         {"mlops retrain churn --param lr=0.05 --promote staging", "with another parameter, then through the gate"},
         {"mlops retrain churn --input train=new.csv --dry-run", "what would be done?"},
         {"mlops retrain churn --set lr=[0.01,0.1] --objective auc:max", "the best of a search over params"},
         {"mlops retrain churn --fresh", "every stage of the recipe again, whatever is known of earlier runs"},
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
        "\n\nOf a recipe with stages those are reused from earlier runs of the model of which nothing has changed that "
        "they depend on: code, command, params, inputs, environment, and the outputs of the stages before. What does "
        "not wait for each other runs at the same time, as many as --jobs says. --dry-run tells what would run and "
        "why; "
        "--fresh runs all."
        "\n\nAfter a crash, --resume goes on with the run at the step where it stood, in the same work tree, with "
        "its checkpoints; nothing is registered twice."
        "\n\n"
        "With --set it searches: a list [A,B,C], a range A..B or A..B:STEP, A..B:log for a range that is drawn by its "
        "logarithm, NAME alone for what the recipe says the param may be, or @FILE.csv with a row for each trial. "
        "Every trial is a run; one that fails does not stop the others. The best by the objective is registered. "
        "--search grid tries every combination, random draws --sample of them, halving stops the worse ones early "
        "(see --rungs), optuna asks Optuna where it is installed."};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL[@REF]", reference_, "the version to train again", Completes::reference);
    args.option({"--at"}, "COMMIT", at_, "take recipe, code and data from this commit");
    args.repeated({"--param"}, "NAME=VALUE", params_, "set a param of the recipe (can be repeated)");
    args.repeated({"--input"}, "NAME=PATH", inputs_, "train on other data: a path, or a dataset NAME@N",
                  Completes::files);
    args.flag({"--fresh"}, fresh_, "run every stage of the recipe, and reuse none");
    args.flag({"--include-dirty"}, include_dirty_, "from HEAD and what is not committed, which is recorded");
    args.number({"--resume"}, "RUN", resume_, 1, "go on with a training or search that was left unfinished",
                Completes::run);
    args.option({"--promote"}, "STAGE", promote_, "then promote to this stage, if its gate agrees", Completes::stage);
    args.option({"-m", "--message"}, "TEXT", message_, "what is new");
    declare_search(args);
  }

  ExitCode run(const Session& session) override {
    require_sense();
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    if (resume_ && is_search(workspace)) return finish_search(session, app::resume_search(workspace, resume_request()));
    if (!sets_.empty()) return finish_search(session, app::search(workspace, search_request(session)));
    const app::RetrainOutcome outcome =
        resume_ ? resume(session, workspace) : app::retrain(workspace, retrain_request(session));
    if (session.json()) {
      session.print_json(outcome_json(session, outcome).set("search", Json{}));
    } else if (session.quiet()) {
      if (outcome.version) session.print_line(outcome.version->id.text());
    } else {
      print_text(session, outcome);
    }
    return exit_code(session, outcome);
  }

 private:
  [[nodiscard]] app::RetrainOutcome resume(const Session& session, app::Workspace& workspace) const {
    if (session.dry_run() || jobs_ || budget_)
      throw Error{ErrorKind::usage, "`--resume` goes on with what was asked for then, without other arguments"};
    return app::resume_retrain(workspace, *resume_);
  }

  [[nodiscard]] bool is_search(app::Workspace& workspace) const {
    const auto run = workspace.read()->run(*resume_);
    return run && !run->search_plan.is_null();
  }

  void declare_search(Args& args) {
    args.repeated({"--set"}, "NAME=VALUES", sets_, "search over a param: [A,B,C], A..B, or @FILE (can be repeated)");
    args.option({"--search"}, "METHOD", method_, "grid, random, halving or optuna");
    args.option({"--objective"}, "METRIC:GOAL", objective_, "what the best has: auc:max or loss:min");
    args.number({"--sample"}, "N", sample_, 1, "draw N trials (default for random and optuna: 20)");
    args.number({"--seed"}, "N", seed_, 0, "of the draws: the same seed draws the same trials (default: 1)");
    args.number({"--jobs"}, "N", jobs_, 1,
                "run N trials at once (default: 1), or N stages (default: as many as cores)");
    args.option({"--budget"}, "SPAN", budget_, "train no longer than this: 90m or 2h");
    args.option({"--rungs"}, "N,N,…", rungs_,
                "of halving: judge at these steps of the metrics, or set a param to them: epochs=10,30,90");
    args.number({"--keep"}, "N", keep_, 2, "of halving: one in N goes on at each rung (default: 3)");
  }

  void require_sense() const {
    if (resume_) {
      const bool asks_otherwise = reference_ || at_ || promote_ || include_dirty_ || !params_.empty() || fresh_ ||
                                  !inputs_.empty() || !message_.empty() || !sets_.empty() || method_ || objective_ ||
                                  sample_ || seed_ || rungs_ || keep_;
      if (!asks_otherwise) return;
      throw Error{ErrorKind::usage,
                  "`--resume` goes on with what was asked for then, without other arguments",
                  {"of a search, `--jobs` and `--budget` can be set anew"}};
    }
    if (!reference_)
      throw Error{ErrorKind::usage, "which model to train is not said", {"`mlops retrain MODEL`, see `mlops list`"}};
    const bool has_search_flag = method_ || objective_ || sample_ || seed_ || budget_ || rungs_ || keep_;
    if (sets_.empty() && has_search_flag) {
      throw Error{ErrorKind::usage,
                  "a search needs params to search over",
                  {"`--set lr=[0.01,0.1]`, `--set depth=2..8`, or `--set @trials.csv`"}};
    }
  }

  [[nodiscard]] app::RetrainRequest retrain_request(const Session& session) const {
    return {.reference = *reference_,
            .params = parse_param_arguments(params_),
            .inputs = parse_data_arguments(inputs_, "--input", session.context().directory),
            .at = at_,
            .promote = promote_,
            .message = message_,
            .include_dirty = include_dirty_,
            .fresh = fresh_,
            .jobs = sets_.empty() ? jobs_ : std::nullopt,
            .dry_run = session.dry_run()};
  }

  [[nodiscard]] std::optional<std::int64_t> budget_seconds() const {
    if (!budget_) return std::nullopt;
    return parse_span_seconds(*budget_, "--budget");
  }

  [[nodiscard]] app::SearchRequest search_request(const Session& session) const {
    return {.retrain = retrain_request(session),
            .sets = sets_,
            .method = method_,
            .objective = objective_,
            .rungs = rungs_,
            .keep = keep_,
            .sample = sample_,
            .seed = seed_,
            .jobs = jobs_,
            .budget_seconds = budget_seconds()};
  }

  [[nodiscard]] app::ResumeSearchRequest resume_request() const {
    return {.run = *resume_, .jobs = jobs_, .budget_seconds = budget_seconds()};
  }

  static ExitCode finish_search(const Session& session, const app::SearchOutcome& outcome) {
    const app::RetrainOutcome& retrain = outcome.retrain;
    if (session.json()) {
      session.print_json(outcome_json(session, retrain).set("search", search_json(outcome)));
    } else if (session.quiet()) {
      if (retrain.version) session.print_line(retrain.version->id.text());
    } else {
      print_search(session, outcome);
    }
    return exit_code(session, retrain);
  }

  static void print_search(const Session& session, const app::SearchOutcome& outcome) {
    constexpr std::size_t most_rows = 20;
    const Style& style = session.style();
    const std::string what = search_plan_text(outcome.plan);
    session.print_line(session.dry_run()
                           ? fmt::format("would search {}: {}", style.bold(outcome.retrain.model), what)
                           : fmt::format("{}: {}", style.bold(fmt::format("run {}", *outcome.run)), what));
    session.print(trials_text(style, session.columns(), outcome.plan, outcome.trials, outcome.best,
                              session.dry_run() ? outcome.trials.size() : most_rows));
    if (session.dry_run()) return;
    if (outcome.out_of_time) session.print_line("its time was up before all trials had ended");
    if (outcome.best) return print_text(session, outcome.retrain);
    session.print_line(fmt::format("{}, so nothing is registered", printable(outcome.failure)));
    session.hint(fmt::format("mlops run show {}", *outcome.run));
  }

  static ExitCode exit_code(const Session& session, const app::RetrainOutcome& outcome) {
    if (session.dry_run()) return ExitCode::done;
    if (!outcome.version) return ExitCode::training;
    if (outcome.promotion_conflict) return ExitCode::conflict;
    if (outcome.promotion && outcome.promotion->result == app::PromoteResult::refused) return ExitCode::refused;
    return ExitCode::done;
  }

  static Json outcome_json(const Session& session, const app::RetrainOutcome& outcome) {
    return Json::object({{"model", outcome.model},
                         {"parent", id_json(outcome.parent)},
                         {"plan", plan_json(outcome.plan)},
                         {"stages", stages_json(outcome.stages)},
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
                         {"dry_run", session.dry_run()}});
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
    print_stages(session, outcome.stages);
  }

  static void print_stages(const Session& session, const std::vector<domain::StageRun>& stages) {
    session.print(session.dry_run() ? planned_stages_text(session.style(), session.columns(), stages)
                                    : stages_text(session.style(), session.columns(), session.now(), stages));
  }

  static void print_text(const Session& session, const app::RetrainOutcome& outcome) {
    const Style& style = session.style();
    if (session.dry_run()) return print_plan(session, outcome);
    if (!outcome.version) {
      session.print_line(fmt::format("{} {}: {}", style.bold(fmt::format("run {}", outcome.run->number)),
                                     style.bad("failed"), printable(outcome.run->failure)));
      session.print_line("nothing is registered");
      print_stages(session, outcome.stages);
      session.hint(fmt::format("mlops run log {}", outcome.run->number));
      return;
    }
    const std::string id = style.bold(outcome.version->id.text());
    const bool all_reused = !outcome.stages.empty() && std::ranges::all_of(outcome.stages, is_reused);
    if (outcome.created) {
      session.print_line(fmt::format("{} {} from run {}{}", style.good("registered"), id, outcome.run->number,
                                     outcome.parent ? ", child of " + outcome.parent->text() : std::string{}));
    } else if (all_reused) {
      session.print_line(fmt::format("run {} reused every stage, so {} is as it would be; no new version is needed",
                                     outcome.run->number, id));
    } else {
      session.print_line(
          fmt::format("run {} made {} again, bit for bit; no new version is needed", outcome.run->number, id));
    }
    print_stages(session, outcome.stages);
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
  std::vector<std::string> params_, inputs_, sets_;
  std::optional<std::string> reference_, at_, promote_, method_, objective_, budget_, rungs_;
  std::optional<std::int64_t> sample_, seed_, jobs_, keep_, resume_;
  bool include_dirty_ = false, fresh_ = false;
};

}  // namespace

std::unique_ptr<Command> make_retrain() { return std::make_unique<Retrain>(); }

}  // namespace mlops::cli
