#include <fmt/core.h>

#include <mlops/app/monitor.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "commands/monitor_figures.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

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

std::unique_ptr<Command> make_monitor_list() { return std::make_unique<MonitorList>(); }

}  // namespace mlops::cli
