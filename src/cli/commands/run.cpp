#include <fmt/core.h>

#include <mlops/app/run.hpp>
#include <mlops/app/run_looks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "reports/curves.hpp"
#include "reports/deliver.hpp"
#include "run_result.hpp"
#include "search_text.hpp"
#include "stages_text.hpp"

namespace mlops::cli {

namespace {

class RunCommand final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run -- python3 train.py", "record any command"},
             {"mlops run --input train=train.csv --output model=model.pkl -- python3 train.py",
              "with its inputs and outputs"},
             {"mlops register churn --run 12", "make a version of what run 12 wrote"}},
            "Runs the command in place, without a shell, and records what it was run on and what came of it: git "
            "state, params, "
            "input digests, environment, output, metrics, outputs, exit code, duration. The command sees MLOPS_RUN_ID, "
            "MLOPS_PARAMS, MLOPS_INPUT_<NAME>, MLOPS_OUTPUT_<NAME>, MLOPS_METRICS (a JSON file to write, or "
            "JSON Lines with a `step`), MLOPS_CHECKPOINT_DIR "
            "and MLOPS_SEED. Exits 7 when the command fails; its log is kept."};
  }

  void declare(Args& args) override {
    args.option({"--name"}, "NAME", name_, "a name for people");
    args.repeated({"--param"}, "NAME=VALUE", params_, "a parameter to record and hand over (can be repeated)");
    args.repeated({"--input"}, "NAME=PATH", inputs_, "input data to snapshot (can be repeated)", Completes::files);
    args.repeated({"--output"}, "NAME=PATH", outputs_, "a file or folder the command writes (can be repeated)",
                  Completes::files);
    args.option({"--metrics"}, "FILE", metrics_, "the JSON file in which it leaves its metrics", Completes::files);
    args.repeated({"--best"}, "METRIC:GOAL", best_,
                  "of metrics over steps, take the best value and not the last: auc:max (can be repeated)");
    args.number({"--seed"}, "N", seed_, 0, "handed over as MLOPS_SEED and PYTHONHASHSEED");
    args.number({"--timeout"}, "SECONDS", timeout_, 1, "stop it after so many seconds");
    args.repeated({"--retry"}, "CODE=TIMES", retry_, "try again when it exits with CODE (can be repeated)");
    args.flag({"--include-dirty"}, include_dirty_, "keep uncommitted changes as a commit under refs/mlops/runs/");
    args.rest("COMMAND", command_, "the command and its arguments");
  }

  ExitCode run(const Session& session) override {
    app::RunRequest request;
    request.name = name_;
    request.command = command_;
    request.params = parse_param_arguments(params_);
    request.inputs = parse_data_arguments(inputs_, "--input", session.context().directory);
    for (const std::string& output : outputs_)
      request.outputs.emplace_back(split_pair(output, "--output", "NAME=PATH"));
    if (metrics_) request.metrics = *metrics_;
    for (const std::string& text : best_) {
      const auto objective = domain::parse_objective(text);
      request.best.insert_or_assign(objective.metric, objective.goal);
    }
    request.seed = seed_;
    request.timeout_seconds = timeout_;
    request.retry = parse_retry(retry_);
    request.snapshot = include_dirty_;
    if (session.dry_run()) {
      print_planned_command(session, command_);
      return ExitCode::done;
    }
    app::Workspace workspace{session.context(), app::Access::write};
    return print_run_result(session, app::run(workspace, request));
  }

 private:
  static domain::Retry parse_retry(const std::vector<std::string>& arguments) {
    domain::Retry retry;
    for (const std::string& argument : arguments) {
      const auto [code_text, times_text] = split_pair(argument, "--retry", "CODE=TIMES");
      const auto code = parse_integer(code_text);
      const auto times = parse_integer(times_text);
      if (!code || *code < 1 || *code > 255 || !times || *times < 1 || *times > 1000) {
        throw Error{ErrorKind::usage,
                    fmt::format("`--retry {}`: an exit code from 1 to 255 and how often, from 1 to 1000, are wanted",
                                printable(argument))};
      }
      retry.exit_codes.push_back(static_cast<int>(*code));
      retry.times = std::max(retry.times, *times);
    }
    return retry;
  }

  std::string name_;
  std::vector<std::string> params_, inputs_, outputs_, best_, command_, retry_;
  std::optional<std::string> metrics_;
  std::optional<std::int64_t> seed_, timeout_;
  bool include_dirty_ = false;
};

class RunList final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops run list", "the newest runs"},
         {"mlops run list --model churn", "trainings of churn"},
         {"mlops run list --where 'metrics.auc > 0.9 and params.lr < 0.1'", "only some of them"},
         {"mlops run list --where 'search = 12' --sort metrics.auc", "the trials of a search, the highest auc first"}},
        "--where takes comparisons joined by and, or, not and parentheses. Fields: metrics.NAME, params.NAME, status, "
        "model, name, search, run, commit, branch, author, host, age (30d, 12h), dirty. --sort takes number, age, "
        "duration, metrics.NAME or params.NAME; the highest comes first unless --reverse."};
  }

  void declare(Args& args) override {
    args.option({"--model"}, "MODEL", model_, "only trainings of this model", Completes::model);
    args.option({"--where"}, "CONDITION", where_, "only runs for which it holds");
    args.option({"--sort"}, "KEY", sort_, "their order (default: number)");
    args.flag({"--reverse"}, reverse_, "the lowest first");
    args.number({"--limit"}, "N", limit_, 1, "at most N (default: 20)");
    args.option({"--after"}, "CURSOR", after_, "go on where a page ended");
  }

  ExitCode run(const Session& session) override {
    constexpr std::size_t default_limit = 20;
    app::Workspace workspace{session.context(), app::Access::read};
    const auto page = app::list_runs(workspace, {.model = model_,
                                                 .where = where_,
                                                 .sort = sort_.value_or("number"),
                                                 .ascending = reverse_,
                                                 .limit = page_limit(limit_, default_limit),
                                                 .after = after_});
    if (session.json()) {
      session.print_json(Json::object({{"runs", json_array(page.items)}, {"next", page.next}}));
      return ExitCode::done;
    }
    if (session.quiet()) {
      for (const auto& run : page.items) session.print_line(std::to_string(run.number));
      return ExitCode::done;
    }
    if (page.items.empty()) {
      session.print_line(where_ ? "no runs match" : "no runs yet");
      return ExitCode::done;
    }
    Table table{{"RUN", "STATUS", "MODEL", "NAME", "STARTED", "TOOK", "PARAMS", "METRICS", "COMMAND"}};
    table.soft({"COMMAND", "PARAMS", "METRICS", "NAME"});
    for (const auto& run : page.items) {
      table.add({{std::to_string(run.number), Tone::bold},
                 {std::string{name_of(run.status)}, tone_of(run.status)},
                 {run.model.value_or("")},
                 {printable(run.name)},
                 {session.when(run.started_at)},
                 {duration_of(session, run)},
                 {params_text(run.params)},
                 {metrics_text(run.metrics, 3)},
                 {printable(join(run.command, " "))}});
    }
    session.print(table.text(session.style(), session.columns()));
    if (page.next) session.hint(fmt::format("there are more: add `--after '{}'` or a higher `--limit`", *page.next));
    return ExitCode::done;
  }

 private:
  std::optional<std::string> model_, where_, sort_, after_;
  std::optional<std::int64_t> limit_;
  bool reverse_ = false;
};

class RunShow final : public Command {
 public:
  Help help() const override { return {{{"mlops run show 12", "everything known about run 12"}}, ""}; }

  void declare(Args& args) override { args.positional("RUN", run_, "the number of the run", Completes::run); }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::ShowRunOutcome outcome = app::show_run(workspace, parse_run_number(run_));
    if (session.json()) {
      Json json = domain::to_json(outcome.run);
      Json versions = Json::array();
      for (const auto& id : outcome.versions) versions.push_back(id.text());
      json.set("versions", std::move(versions));
      json.set("lost", outcome.lost);
      json.set("trials", outcome.search ? trials_json(outcome.search->trials) : Json{});
      json.set("best", outcome.search ? Json{outcome.search->best} : Json{});
      session.print_json(json);
    } else if (session.quiet()) {
      session.print_line(std::to_string(outcome.run.number));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static std::string environment_text(const Json& environment) {
    if (!environment.is_object()) return {};
    std::vector<std::string> parts;
    for (const char* key : {"os", "cpu"}) {
      if (const Json* value = environment.find(key); value && value->is_string())
        parts.push_back(printable(value->as_string()));
    }
    if (const Json* interpreter = environment.find("interpreter"); interpreter && interpreter->is_object()) {
      const Json* version = interpreter->find("version");
      if (version && version->is_string()) parts.push_back("Python " + printable(version->as_string()));
    }
    if (const Json* packages = environment.find("packages"); packages && packages->is_object()) {
      parts.push_back(count_text(packages->as_object().size(), "package"));
    }
    return join(parts, "\n");
  }

  // "firing 3, by what churn@7 met with", of a training that triggers began.
  static std::string cause_text(const Json& request) {
    const Json* const cause = request.find("cause");
    const Json* const firing = cause == nullptr ? nullptr : cause->find("firing");
    const Json* const version = cause == nullptr ? nullptr : cause->find("version");
    if (firing == nullptr || version == nullptr || !firing->is_integer() || !version->is_string()) return {};
    return fmt::format("firing {}, about {}", firing->as_integer(), printable(version->as_string()));
  }

  static std::string job_text(const domain::ClusterJob& job) {
    return fmt::format("{} of {}", job.id.empty() ? "not handed over" : printable(job.id), printable(job.profile));
  }

  // What it used, when it took more than one try, and what else is worth knowing.
  static void add_execution(const domain::Execution& execution, Facts& facts) {
    if (const auto used = domain::total_use(execution.attempts); used && !execution.job) {
      facts.add("used", fmt::format("{} of CPU, {} of memory", duration_text(used->cpu_ms),
                                    bytes_text(static_cast<std::uint64_t>(used->peak_memory_bytes))));
    }
    if (execution.attempts.size() > 1 && execution.stages.empty()) {
      std::vector<std::string> lines;
      for (const domain::Attempt& attempt : execution.attempts) {
        lines.push_back(fmt::format("{} after {}", attempt.failure.empty() ? "succeeded" : printable(attempt.failure),
                                    duration_text(attempt.used.wall_ms)));
      }
      facts.add("attempts", join(lines, "\n"));
    }
    if (const Json* const grade = execution.fidelity.find("grade")) {
      facts.add("fidelity", grade->is_string() ? grade->as_string() : "with another recipe");
    }
    facts.add("cause", cause_text(execution.request));
    facts.add("snapshot", execution.snapshot.value_or(""));
    facts.add("notes", join(execution.notes, "\n"));
    if (execution.job) facts.add("job", job_text(*execution.job));
    if (execution.step) facts.add("unfinished", "next step: " + *execution.step);
    facts.add("folder", execution.folder.value_or(""));
  }

  static void add_plan(const domain::SearchPlan& plan, Facts& facts) {
    facts.add("search", search_plan_text(plan));
    for (const domain::Dimension& dimension : plan.space) facts.add("searched", dimension.text());
  }

  static void print_text(const Session& session, const app::ShowRunOutcome& outcome) {
    const domain::Run& run = outcome.run;
    session.print_line(fmt::format("{}  {}{}", session.style().bold(fmt::format("run {}", run.number)),
                                   outcome.lost ? "lost: its process is gone" : name_of(run.status),
                                   run.failure.empty() ? "" : ": " + printable(run.failure)));
    Facts facts;
    facts.add("name", printable(run.name));
    facts.add("command", printable(join(run.command, " ")));
    facts.add("model", run.model.value_or(""));
    if (run.parent) facts.add("repeats", run.parent->text());
    if (run.search) facts.add("search", fmt::format("trial {} of run {}", run.trial.value_or(0), *run.search));
    if (outcome.search) add_plan(outcome.search->plan, facts);
    facts.add("started", fmt::format("{} by {} on {}", session.when(run.started_at), run.started_by, run.host));
    facts.add("took", duration_of(session, run));
    if (run.exit_code) facts.add("exit code", std::to_string(*run.exit_code));
    if (run.git) facts.add("commit", git_text(*run.git));
    facts.add("params", params_text(run.params));
    facts.add("set against the recipe", params_text(run.param_overrides));
    if (run.seed) facts.add("seed", std::to_string(*run.seed));
    facts.add("inputs", data_text(run.inputs));
    for (const auto& output : run.outputs) facts.add("output " + output.name, files_text(output));
    facts.add("metrics", metrics_text(run.metrics));
    facts.add("environment", environment_text(run.environment));
    add_execution(outcome.execution, facts);
    std::vector<std::string> versions;
    for (const auto& id : outcome.versions) versions.push_back(id.text());
    facts.add("versions", join(versions, ", "));
    session.print(facts.text(session.style()));
    if (!outcome.execution.stages.empty()) {
      session.print_line("");
      session.print(stages_text(session.style(), session.columns(), session.now(), outcome.execution.stages));
    }
    if (outcome.search) {
      session.print_line("");
      session.print(trials_text(session.style(), session.columns(), outcome.search->plan, outcome.search->trials,
                                outcome.search->best, outcome.search->trials.size()));
    }
    for (const Curves& curves :
         curves_of({.runs = {run}, .params = {}, .metrics = {}, .series = {{run.number, outcome.series}}}))
      session.print("\n" + text_curves(curves, look_of(session), ""));
    if (outcome.resumable) session.hint(fmt::format("mlops retrain --resume {}", run.number));
    if (run.log) session.hint(fmt::format("mlops run log {}", run.number));
  }

  std::string run_;
};

}  // namespace

std::unique_ptr<Command> make_run() { return std::make_unique<RunCommand>(); }
std::unique_ptr<Command> make_run_list() { return std::make_unique<RunList>(); }
std::unique_ptr<Command> make_run_show() { return std::make_unique<RunShow>(); }

}  // namespace mlops::cli
