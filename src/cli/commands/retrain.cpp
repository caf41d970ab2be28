#include <fmt/core.h>

#include <mlops/app/run.hpp>
#include <mlops/app/run_wait.hpp>
#include <mlops/app/search.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "retrain_result.hpp"
#include "run_result.hpp"
#include "search_text.hpp"

namespace mlops::cli {

namespace {

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
         {"mlops retrain churn --on slurm", "as a job of a cluster; `mlops run wait` takes in what came of it"},
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
        "not wait for each other runs at the same time, as many as --jobs says, and in a job of a cluster one after "
        "the "
        "other. --dry-run tells what would run and why; --fresh runs all."
        "\n\n--on hands the training to another machine and returns: slurm, kubernetes, or the name of a profile in "
        "your settings "
        "(see `mlops help clusters`). With --wait it stays until the end. Without --on the recipe's `on` counts, then "
        "the setting `on`. --dry-run with --on shows what would be submitted, and with -o script or -o yaml nothing "
        "else."
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
    args.option({"--on"}, "MACHINE", on_, "local, slurm, kubernetes, or a profile of your settings",
                Completes::machine);
    args.flag({"--wait"}, wait_, "stay until a training on another machine is over");
    args.option({"-o", "--output"}, "FORMAT", output_, "with --dry-run: print what would be submitted: script or yaml");
    args.option({"-m", "--message"}, "TEXT", message_, "what is new");
    declare_search(args);
  }

  ExitCode run(const Session& session) override {
    require_sense(session);
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    if (resume_ && is_search(workspace))
      return print_searched(session, app::resume_search(workspace, resume_request()));
    if (!sets_.empty()) return search(session, workspace);
    const app::RetrainOutcome outcome =
        resume_ ? resume(session, workspace) : app::retrain(workspace, retrain_request(session));
    if (output_) return print_planned_job(session, outcome);
    if (wait_ && is_handed_over(outcome)) {
      tell_handed_over(session, *outcome.run);
      return print_waited(session, app::wait_for_run(workspace, outcome.run->number));
    }
    return print_retraining(session, outcome);
  }

 private:
  ExitCode search(const Session& session, app::Workspace& workspace) const {
    const app::SearchOutcome outcome = app::search(workspace, search_request(session));
    if (!wait_ || !outcome.handed_over) return print_searched(session, outcome);
    tell_handed_over(session, *outcome.handed_over);
    return print_waited(session, app::wait_for_run(workspace, *outcome.run));
  }

  [[nodiscard]] ExitCode print_planned_job(const Session& session, const app::RetrainOutcome& outcome) const {
    if (!outcome.planned_job)
      throw Error{ErrorKind::usage, "`--output` is for what a cluster would be given: `--on slurm`"};
    const std::string format = outcome.planned_job->kind == "kubernetes" ? "yaml" : "script";
    if (*output_ != format) {
      throw Error{ErrorKind::usage,
                  fmt::format("a job of {} is no {}: `--output {}`", outcome.planned_job->kind, *output_, format)};
    }
    session.print(outcome.planned_job->text);
    return ExitCode::done;
  }
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

  void require_sense(const Session& session) const {
    if (output_ && *output_ != "script" && *output_ != "yaml") {
      throw Error{ErrorKind::usage, fmt::format("`--output {}` is neither script nor yaml", printable(*output_))};
    }
    if (output_ && !session.dry_run())
      throw Error{ErrorKind::usage, "`--output` prints what would be submitted, and needs `--dry-run`"};
    if (resume_) {
      const bool asks_otherwise = reference_ || at_ || promote_ || include_dirty_ || !params_.empty() || fresh_ ||
                                  !inputs_.empty() || !message_.empty() || !sets_.empty() || method_ || objective_ ||
                                  sample_ || seed_ || rungs_ || keep_ || on_ || output_;
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
            .on = on_,
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

  std::string message_;
  std::vector<std::string> params_, inputs_, sets_;
  std::optional<std::string> reference_, at_, promote_, on_, output_, method_, objective_, budget_, rungs_;
  std::optional<std::int64_t> sample_, seed_, jobs_, keep_, resume_;
  bool include_dirty_ = false, fresh_ = false, wait_ = false;
};

}  // namespace

std::unique_ptr<Command> make_retrain() { return std::make_unique<Retrain>(); }

}  // namespace mlops::cli
