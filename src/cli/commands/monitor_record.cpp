#include <fmt/core.h>

#include <mlops/app/monitor.hpp>
#include <mlops/app/monitor_stream.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "commands/monitor_figures.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class MonitorRecord final : public Command {
 public:
  Help help() const override {
    return {{{"mlops monitor record churn@production --data today.csv", "counts the inputs of a day"},
             {"mlops monitor record churn@7 --data today.csv --predictions scores.csv", "with what was answered"},
             {"mlops monitor record churn@7 --outcomes truths.csv", "what came true, weeks later"},
             {"mlops monitor record churn@7 --data may.csv --at 2026-05-31", "of that day"},
             {"tail -F requests.jsonl | mlops monitor record churn@7 --data - --window 1h", "as they come"}},
            "Counts the table into the bins of the version's reference, exactly, and keeps the counts: no rows. The "
            "reference is made at the first batch, from the version's `train` dataset unless `reference` in "
            "[model.NAME.monitor] or --reference names another one, and never changes. Predictions (id, prediction, "
            "score) and outcomes (id, truth) are kept by id and joined whenever either comes. The same again counts "
            "once. With `--data -` rows are read from stdin, and each window of them becomes a batch as soon as it is "
            "full."};
  }

  void declare(Args& args) override {
    args.positional("MODEL@REF", request_.reference, "the version that was asked", Completes::reference);
    args.option({"--data"}, "DATA", data_,
                "the inputs: a CSV, TSV, JSON Lines or NPY file, or DATASET[@REF]; `-`: stdin", Completes::files);
    args.option({"--predictions"}, "FILE", predictions_, "of the batch: id, prediction, score; truth where it is known",
                Completes::files);
    args.option({"--outcomes"}, "FILE", outcomes_, "truths of predictions by id, of whatever batch", Completes::files);
    args.option({"--at"}, "TIME", request_.at,
                "when the data came in: a time, a date, or a span before now (default: now)");
    args.option({"--reference"}, "DATA", reference_, "what batches are held against, at the first one",
                Completes::files);
    args.option({"--holdout"}, "FILE", holdout_,
                "the version's predictions where the truth is known, to estimate without outcomes", Completes::files);
    args.option({"--window"}, "SIZE", window_, "of stdin: rows, or a span of time (default: 10000)");
    args.option({"--time"}, "COLUMN", time_, "of stdin: the time of a row, for windows of time (default: its arrival)");
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
    if (data_ == "-") return run_stream(session);
    if (window_ || time_) throw Error{ErrorKind::usage, "`--window` and `--time` are for `--data -`"};
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
      for (const auto& recorded : outcome.batches) session.print_line(batch_id_text(recorded.batch));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  ExitCode run_stream(const Session& session) {
    if (predictions_ || outcomes_ || holdout_ || request_.at) {
      throw Error{ErrorKind::usage,
                  "`--data -` takes inputs alone: record predictions and outcomes in a command of their own"};
    }
    app::StreamRequest request;
    request.reference = request_.reference;
    request.read = session.surroundings().read_input;
    request.format = format_;
    request.delimiter = delimiter_;
    request.held_against = named(reference_);
    if (window_) request.window = app::parse_window(*window_);
    request.time_column = time_;
    if (time_ && !request.window.ms) throw Error{ErrorKind::usage, "`--time` is for windows of time: `--window 1h`"};
    request.dry_run = session.dry_run();
    request.recorded = [&](const app::RecordedBatch& recorded) { tell_window(session, recorded); };
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::StreamOutcome outcome = app::record_stream(workspace, request);
    tell_stream(session, outcome);
    if (!outcome.was_interrupted) return ExitCode::done;
    throw Error{ErrorKind::interrupted,
                fmt::format("stopped: {} rows of the window that was open are not recorded", outcome.lost)};
  }

  void tell_window(const Session& session, const app::RecordedBatch& recorded) const {
    if (session.json()) {
      session.print_json_line(batch_json(recorded));
    } else if (session.quiet()) {
      session.print_line(batch_id_text(recorded.batch));
    } else {
      print_batch(session, session.style().bold(recorded.batch.version.text()), recorded);
    }
  }

  static void tell_stream(const Session& session, const app::StreamOutcome& outcome) {
    const auto warn = [&](std::uint64_t rows, std::string_view what) {
      if (rows == 0) return;
      session.context().warn(fmt::format("{} {}: counted in the window that was open",
                                         count_text(static_cast<std::size_t>(rows), "row"), what));
    };
    warn(outcome.late, "of a window that had been recorded");
    warn(outcome.ahead, "of a time to come");
    warn(outcome.untimed, "without a time");
    if (outcome.is_cut_off) session.context().warn("the input ended within a row, which was left out");
    if (session.json()) {
      session.print_json_line(stream_json(session, outcome));
    } else if (!session.quiet()) {
      session.print_line(fmt::format("{} {} with {}{}", session.dry_run() ? "would record" : "recorded",
                                     count_text(outcome.windows + outcome.known, "window"),
                                     count_text(outcome.rows, "row"),
                                     outcome.known > 0 ? fmt::format(", {} of them before", outcome.known) : ""));
    }
  }

  static Json stream_json(const Session& session, const app::StreamOutcome& outcome) {
    return Json::object({{"version", outcome.version.text()},
                         {"kept_reference", outcome.kept_reference ? domain::to_json(*outcome.kept_reference) : Json{}},
                         {"windows", outcome.windows},
                         {"known", outcome.known},
                         {"rows", outcome.rows},
                         {"lost", outcome.lost},
                         {"late", outcome.late},
                         {"ahead", outcome.ahead},
                         {"untimed", outcome.untimed},
                         {"cut_off", outcome.is_cut_off},
                         {"interrupted", outcome.was_interrupted},
                         {"dry_run", session.dry_run()}});
  }

  static std::optional<app::DataRequest> named(const std::optional<std::string>& name) {
    if (!name) return std::nullopt;
    return app::DataRequest{.data = *name, .format = std::nullopt, .delimiter = std::nullopt};
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
      session.print_line(fmt::format("{}{} of {}: {}{}", session.dry_run() ? "would record a batch" : "recorded batch ",
                                     session.dry_run() ? "" : batch_id_text(batch), version,
                                     count_text(static_cast<std::size_t>(batch.rows), "row"),
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
  std::optional<std::string> data_, predictions_, outcomes_, holdout_, reference_, format_, delimiter_, window_, time_;
};

}  // namespace

std::unique_ptr<Command> make_monitor_record() { return std::make_unique<MonitorRecord>(); }

}  // namespace mlops::cli
