#include "retrain_result.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "promotion.hpp"
#include "render.hpp"
#include "run_result.hpp"
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

std::string machine_text(const app::PlannedJob& job) {
  return job.profile == job.kind ? job.kind : fmt::format("{} ({})", job.profile, job.kind);
}

Json planned_job_json(const std::optional<app::PlannedJob>& job) {
  return job ? Json::object({{"on", job->kind}, {"profile", job->profile}, {"text", job->text}}) : Json{};
}

std::string handed_over_text(const Session& session, const domain::Run& run) {
  const auto job = domain::execution_of(run).job;
  std::string number = session.style().bold(fmt::format("run {}", run.number));
  if (!job) return number;
  const std::string machine = job->profile == job->kind ? job->kind : fmt::format("{} ({})", job->profile, job->kind);
  return fmt::format("{} is job {} of {}", number, printable(job->id), printable(machine));
}

Json id_json(const std::optional<domain::VersionId>& id) { return id ? Json{id->text()} : Json{}; }

ExitCode exit_code(const Session& session, const app::RetrainOutcome& outcome) {
  if (session.dry_run()) return ExitCode::done;
  if (is_handed_over(outcome)) return ExitCode::done;
  if (!outcome.version) return ExitCode::training;
  if (outcome.promotion_conflict) return ExitCode::conflict;
  if (outcome.promotion && outcome.promotion->result == app::PromoteResult::refused) return ExitCode::refused;
  return ExitCode::done;
}

Json outcome_json(const Session& session, const app::RetrainOutcome& outcome) {
  return Json::object({{"model", outcome.model},
                       {"parent", id_json(outcome.parent)},
                       {"plan", plan_json(outcome.plan)},
                       {"stages", stages_json(outcome.stages)},
                       {"planned_job", planned_job_json(outcome.planned_job)},
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

void print_stages(const Session& session, const std::vector<domain::StageRun>& stages) {
  session.print(session.dry_run() ? planned_stages_text(session.style(), session.columns(), stages)
                                  : stages_text(session.style(), session.columns(), session.now(), stages));
}

void print_plan(const Session& session, const app::RetrainOutcome& outcome) {
  session.print_line(fmt::format("would train {}", session.style().bold(outcome.model)));
  Facts facts;
  facts.add("commit", fmt::format("{} ({})", outcome.plan.commit.substr(0, 7), outcome.plan.commit_origin));
  facts.add("command", printable(join(outcome.plan.command, " ")));
  facts.add("params", params_text(outcome.plan.params));
  facts.add("set against the recipe", params_text(outcome.plan.param_overrides));
  for (const auto& [role, source] : outcome.plan.inputs) facts.add("input " + role, printable(source));
  if (outcome.planned_job) facts.add("on", machine_text(*outcome.planned_job));
  session.print(facts.text(session.style()));
  print_stages(session, outcome.stages);
  if (outcome.planned_job) session.print("\n" + outcome.planned_job->text);
}

void print_comparison(const Session& session, const app::RetrainOutcome& outcome) {
  if (outcome.comparison.empty()) return;
  const bool has_holder = outcome.holder && outcome.holder != outcome.parent && outcome.holder != outcome.version->id;
  const bool has_parent = outcome.parent && outcome.parent != outcome.version->id;
  Table table{{"METRIC", outcome.version->id.text(), outcome.parent ? outcome.parent->text() : std::string{}, "CHANGE",
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

void print_text(const Session& session, const app::RetrainOutcome& outcome) {
  const Style& style = session.style();
  if (session.dry_run()) return print_plan(session, outcome);
  if (is_handed_over(outcome)) {
    session.print_line(handed_over_text(session, *outcome.run));
    session.hint(fmt::format("mlops run wait {0}, or mlops run log {0} -f", outcome.run->number));
    return;
  }
  if (!outcome.version) {
    session.print_line(fmt::format("{} {}: {}", style.bold(fmt::format("run {}", outcome.run->number)),
                                   style.bad(std::string{name_of(outcome.run->status)}),
                                   printable(outcome.run->failure)));
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

void print_search(const Session& session, const app::SearchOutcome& outcome) {
  constexpr std::size_t most_rows = 20;
  const Style& style = session.style();
  const std::string what = search_plan_text(outcome.plan);
  session.print_line(session.dry_run() ? fmt::format("would search {}: {}", style.bold(outcome.retrain.model), what)
                                       : fmt::format("{}: {}", style.bold(fmt::format("run {}", *outcome.run)), what));
  session.print(trials_text(style, session.columns(), outcome.plan, outcome.trials, outcome.best,
                            session.dry_run() ? outcome.trials.size() : most_rows));
  if (session.dry_run()) return;
  if (outcome.handed_over) {
    session.print_line(handed_over_text(session, *outcome.handed_over));
    session.hint(fmt::format("mlops run wait {}", *outcome.run));
    return;
  }
  if (outcome.out_of_time) session.print_line("its time was up before all trials had ended");
  if (outcome.best) return print_text(session, outcome.retrain);
  session.print_line(fmt::format("{}, so nothing is registered", printable(outcome.failure)));
  session.hint(fmt::format("mlops run show {}", *outcome.run));
}

}  // namespace

ExitCode print_searched(const Session& session, const app::SearchOutcome& outcome) {
  const app::RetrainOutcome& retrain = outcome.retrain;
  if (session.json()) {
    session.print_json(outcome_json(session, retrain).set("search", search_json(outcome)));
  } else if (session.quiet()) {
    if (retrain.version) session.print_line(retrain.version->id.text());
    if (outcome.handed_over) session.print_line(std::to_string(*outcome.run));
  } else {
    print_search(session, outcome);
  }
  return outcome.handed_over ? ExitCode::done : exit_code(session, retrain);
}

ExitCode print_retraining(const Session& session, const app::RetrainOutcome& outcome) {
  if (session.json()) {
    session.print_json(outcome_json(session, outcome).set("search", Json{}));
  } else if (session.quiet()) {
    if (outcome.version) session.print_line(outcome.version->id.text());
    if (is_handed_over(outcome)) session.print_line(std::to_string(outcome.run->number));
  } else {
    print_text(session, outcome);
  }
  return exit_code(session, outcome);
}

ExitCode print_waited(const Session& session, const app::WaitOutcome& outcome) {
  if (outcome.search) return print_searched(session, *outcome.search);
  if (outcome.retrain) return print_retraining(session, *outcome.retrain);
  return print_run_result(session, outcome.run);
}

ExitCode code_of(const Session& session, const app::WaitOutcome& outcome) {
  if (outcome.search) return exit_code(session, outcome.search->retrain);
  if (outcome.retrain) return exit_code(session, *outcome.retrain);
  return outcome.run.status == domain::RunStatus::succeeded ? ExitCode::done : ExitCode::training;
}

bool is_handed_over(const app::RetrainOutcome& outcome) {
  return outcome.run && outcome.run->status == domain::RunStatus::running;
}

void tell_handed_over(const Session& session, const domain::Run& run) {
  if (!session.quiet()) session.note(handed_over_text(session, run) + "\n");
}

}  // namespace mlops::cli
