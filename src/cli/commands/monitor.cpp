#include <fmt/core.h>

#include <mlops/app/monitor.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::optional<double> figure_of_batch(const domain::Batch& batch, const std::string& name) {
  const auto found = batch.figures.find(name);
  return found == batch.figures.end() ? std::nullopt : std::optional{found->second};
}

std::string share_text(const domain::Batch& batch, const std::string& name) {
  const auto share = figure_of_batch(batch, name);
  return share ? fmt::format("{:.0f}%", 100 * *share) : "";
}

class MonitorRecord final : public Command {
 public:
  Help help() const override {
    return {{{"mlops monitor record churn@production --data today.csv", "counts the inputs of a day"},
             {"mlops monitor record churn@7 --data today.csv --predictions scores.csv", "with what was answered"},
             {"mlops monitor record churn@7 --outcomes truths.csv", "what came true, weeks later"},
             {"mlops monitor record churn@7 --data may.csv --at 2026-05-31", "of that day"}},
            "Counts the table into the bins of the version's reference, exactly, and keeps the counts: no rows. The "
            "reference is made at the first batch, from the version's `train` dataset unless `reference` in "
            "[model.NAME.monitor] or --reference names another one, and never changes. Predictions (id, prediction, "
            "score) and outcomes (id, truth) are kept by id and joined whenever either comes. The same again counts "
            "once."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", request_.reference, "the version that was asked", Completes::reference);
    args.option({"--data"}, "DATA", data_, "the inputs: a CSV, TSV, JSON Lines or NPY file, or DATASET[@REF]",
                Completes::files);
    args.option({"--predictions"}, "FILE", predictions_, "of the batch: id, prediction, score; truth where it is known",
                Completes::files);
    args.option({"--outcomes"}, "FILE", outcomes_, "truths of predictions by id, of whatever batch", Completes::files);
    args.option({"--at"}, "TIME", request_.at,
                "when the data came in: a time, a date, or a span before now (default: now)");
    args.option({"--reference"}, "DATA", reference_, "what batches are held against, at the first one",
                Completes::files);
    args.option({"--holdout"}, "FILE", holdout_,
                "the version's predictions where the truth is known, to estimate without outcomes", Completes::files);
    args.option({"--format"}, "FORMAT", format_, "of --data: csv, tsv, jsonl or npy (default: what the file tells)");
    args.option({"--delimiter"}, "CHAR", delimiter_, "of --data: between the fields of CSV, or `tab`");
  }

  ExitCode run(const Session& session) override {
    if (!data_ && !predictions_ && !outcomes_ && !holdout_) {
      throw Error{
          ErrorKind::usage,
          "nothing to record",
          {"`--data FILE` names the inputs of a batch; `--predictions FILE` and `--outcomes FILE` what is known "
           "of it"}};
    }
    request_.data = named(data_);
    if (request_.data) request_.data->format = format_;
    if (request_.data) request_.data->delimiter = delimiter_;
    request_.predictions = named(predictions_);
    request_.outcomes = named(outcomes_);
    request_.held_against = named(reference_);
    request_.holdout = named(holdout_);
    request_.dry_run = session.dry_run();
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::RecordOutcome outcome = app::record(workspace, request_);
    if (session.json()) {
      session.print_json(outcome_json(session, outcome));
    } else if (session.quiet()) {
      for (const auto& recorded : outcome.batches) session.print_line(id_text(recorded.batch));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static std::optional<app::DataRequest> named(const std::optional<std::string>& name) {
    if (!name) return std::nullopt;
    return app::DataRequest{.data = *name, .format = std::nullopt, .delimiter = std::nullopt};
  }

  static std::string id_text(const domain::Batch& batch) {
    return batch.id == 0 ? std::string{"-"} : fmt::format("{}", batch.id);
  }

  static Json batch_json(const app::RecordedBatch& recorded) {
    Json json = domain::to_json(recorded.batch);
    if (recorded.batch.id == 0) json.set("batch", Json{});
    json.set("created", recorded.is_new);
    return json;
  }

  static Json outcomes_json(const app::RecordedOutcomes& recorded) {
    Json json = domain::to_json(recorded.outcomes);
    if (recorded.outcomes.id == 0) json.set("outcomes", Json{});
    json.set("created", recorded.is_new);
    json.set("added", recorded.added);
    json.set("changed", recorded.changed);
    return json;
  }

  static Json outcome_json(const Session& session, const app::RecordOutcome& outcome) {
    Json::Array batches;
    for (const auto& recorded : outcome.batches) batches.push_back(batch_json(recorded));
    const auto why = outcome.why_no_estimate;
    return Json::object({{"version", outcome.version.text()},
                         {"kept_reference", outcome.kept_reference ? domain::to_json(*outcome.kept_reference) : Json{}},
                         {"kept_holdout", outcome.kept_holdout ? domain::to_json(*outcome.kept_holdout) : Json{}},
                         {"batches", Json{std::move(batches)}},
                         {"outcomes", outcome.outcomes ? outcomes_json(*outcome.outcomes) : Json{}},
                         {"measured", json_array(outcome.measured)},
                         {"no_estimate", why.empty() ? Json{} : Json{why}},
                         {"dry_run", session.dry_run()}});
  }

  static std::string performance_text(const domain::Batch& batch) {
    std::vector<std::string> texts;
    for (const std::string kind : {"metrics.", "estimate."}) {
      for (const std::string name : {"auc", "accuracy", "rmse"}) {
        const auto value = figure_of_batch(batch, kind + name);
        if (value) texts.push_back(fmt::format("{}{} {:.3g}", kind == "estimate." ? "estimated " : "", name, *value));
      }
      if (!texts.empty()) break;
    }
    return texts.empty() ? "" : ": " + join(texts, ", ");
  }

  static void print_predictions(const Session& session, const domain::Batch& batch, std::string_view indent) {
    if (!batch.predictions) return;
    session.print_line(fmt::format("{}predictions: {} of {} with their truth{}", indent, batch.predictions->known,
                                   batch.predictions->rows, performance_text(batch)));
  }

  static void print_batch(const Session& session, const std::string& version, const app::RecordedBatch& recorded) {
    const domain::Batch& batch = recorded.batch;
    if (!recorded.is_new) {
      session.print_line(fmt::format("counted already: batch {} of {}, recorded {}", batch.id, version,
                                     session.when(batch.recorded_at)));
    } else {
      const std::string drifted = share_text(batch, "drift.share");
      session.print_line(fmt::format("{}{} of {}: {} rows{}",
                                     session.dry_run() ? "would record a batch" : "recorded batch ",
                                     session.dry_run() ? "" : id_text(batch), version, batch.rows,
                                     drifted.empty() ? "" : fmt::format(", {} of the features drifted", drifted)));
    }
    print_predictions(session, batch, "  ");
  }

  static void print_outcomes(const Session& session, const std::string& version, const app::RecordOutcome& outcome) {
    const app::RecordedOutcomes& recorded = *outcome.outcomes;
    if (!recorded.is_new) {
      session.print_line(fmt::format("counted already: these outcomes of {}, recorded {}", version,
                                     session.when(recorded.outcomes.at)));
      return;
    }
    session.print_line(fmt::format("{} {} outcomes of {}: {} predictions got their truth{}",
                                   session.dry_run() ? "would record" : "recorded", recorded.outcomes.rows, version,
                                   recorded.added,
                                   recorded.changed > 0 ? fmt::format(", {} another one", recorded.changed) : ""));
    for (const domain::Batch& batch : outcome.measured) {
      print_predictions(session, batch, fmt::format("  batch {}: ", batch.id));
    }
  }

  static void print_text(const Session& session, const app::RecordOutcome& outcome) {
    const std::string version = session.style().bold(outcome.version.text());
    if (outcome.kept_reference) {
      session.print_line(fmt::format("{} {} held against {} ({} rows, {})", version,
                                     session.dry_run() ? "would be" : "is now",
                                     printable(outcome.kept_reference->source), outcome.kept_reference->rows,
                                     count_text(static_cast<std::size_t>(outcome.kept_reference->columns), "column")));
    }
    if (outcome.kept_holdout) {
      session.print_line(fmt::format("its predictions {} held against those of {} ({} rows)",
                                     session.dry_run() ? "would be" : "are now",
                                     printable(outcome.kept_holdout->source), outcome.kept_holdout->rows));
    }
    for (const auto& recorded : outcome.batches) print_batch(session, version, recorded);
    if (outcome.outcomes) print_outcomes(session, version, outcome);
    if (!outcome.why_no_estimate.empty()) {
      session.print_line(
          session.style().faint(fmt::format("  nothing is estimated without outcomes: {}", outcome.why_no_estimate)));
    }
    if (!session.dry_run()) session.hint(fmt::format("mlops monitor check {}", outcome.version.text()));
  }

  app::RecordRequest request_;
  std::optional<std::string> data_, predictions_, outcomes_, holdout_, reference_, format_, delimiter_;
};

class MonitorList final : public Command {
 public:
  Help help() const override {
    return {{{"mlops monitor list churn@production", "its batches, newest first"},
             {"mlops monitor list churn@7 --json", "with every figure"}},
            ""};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", reference_, "the version", Completes::reference);
    args.number({"--limit"}, "N", limit_, 1, "at most N (default: 50)");
  }

  ExitCode run(const Session& session) override {
    constexpr std::size_t default_limit = 50;
    app::Workspace workspace{session.context(), app::Access::read};
    const app::BatchListOutcome outcome = app::list_batches(workspace, reference_, page_limit(limit_, default_limit));
    if (session.json()) {
      session.print_json(Json::object({{"version", outcome.version.text()},
                                       {"reference", outcome.reference ? domain::to_json(*outcome.reference) : Json{}},
                                       {"batches", json_array(outcome.batches)}}));
      return ExitCode::done;
    }
    if (session.quiet()) {
      for (const auto& batch : outcome.batches) session.print_line(fmt::format("{}", batch.id));
      return ExitCode::done;
    }
    if (outcome.batches.empty()) {
      session.print_line(fmt::format("no batches of {} yet", outcome.version.text()));
      session.hint(fmt::format("mlops monitor record {} --data FILE", outcome.version.text()));
      return ExitCode::done;
    }
    print_table(session, outcome);
    return ExitCode::done;
  }

 private:
  static std::string largest_text(const domain::Batch& batch) {
    std::vector<std::string> texts;
    for (const std::string name : {"psi", "wasserstein", "jensen_shannon", "l_infinity"}) {
      const auto value = figure_of_batch(batch, "drift." + name);
      if (value && *value > 0) texts.push_back(fmt::format("{} {:.3g}", name, *value));
    }
    return join(texts, ", ");
  }

  static void print_table(const Session& session, const app::BatchListOutcome& outcome) {
    Table table{{"BATCH", "TIME", "ROWS", "DRIFTED", "LARGEST", "MISSING", "OUTCOMES", "SOURCE"}};
    table.soft({"SOURCE", "LARGEST"});
    for (const domain::Batch& batch : outcome.batches) {
      std::string outcomes;
      if (batch.predictions) outcomes = fmt::format("{} of {}", batch.predictions->known, batch.predictions->rows);
      table.add({{fmt::format("{}", batch.id), Tone::bold},
                 {session.when(batch.at)},
                 {fmt::format("{}", batch.rows)},
                 {share_text(batch, "drift.share")},
                 {largest_text(batch)},
                 {share_text(batch, "missing.share")},
                 {outcomes},
                 {printable(batch.source), Tone::faint}});
    }
    session.print(table.text(session.style(), session.columns()));
    if (outcome.reference) {
      session.print_line(session.style().faint(
          fmt::format("  held against {}: {} rows", printable(outcome.reference->source), outcome.reference->rows)));
    }
  }

  std::string reference_;
  std::optional<std::int64_t> limit_;
};

}  // namespace

std::unique_ptr<Command> make_monitor_record() { return std::make_unique<MonitorRecord>(); }
std::unique_ptr<Command> make_monitor_list() { return std::make_unique<MonitorList>(); }

}  // namespace mlops::cli
