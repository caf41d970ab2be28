#include <fmt/core.h>

#include <mlops/app/dataset_check.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "data_arguments.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

using app::Anomaly;

// "rows 3 (abc), 7 (-1), …"
std::string examples_text(const Anomaly& anomaly) {
  constexpr std::size_t widest = 24;
  std::vector<std::string> parts;
  for (const auto& [row, value] : anomaly.examples) {
    const std::string shown = value.empty() ? "" : fmt::format(" ({})", truncate_to_width(value, widest));
    parts.push_back(fmt::format("{}{}", row, shown));
  }
  if (anomaly.count > anomaly.examples.size() && !parts.empty()) parts.emplace_back("…");
  return join(parts, ", ");
}

std::string share_of_rows(const Anomaly& anomaly) {
  if (!anomaly.share) return "";
  const double percent = 100 * *anomaly.share;
  return percent < 0.1 ? "<0.1%" : fmt::format("{:.1f}%", percent);
}

class DatasetCheck final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops dataset check data/may.csv --schema schema.toml", "may the model see these data?"},
         {"mlops dataset check train.csv --against test.csv --label churned", "is the test worth its name?"}},
        "Holds every row against the schema (see `mlops dataset schema` and docs/datasets.md), and names each kind of "
        "anomaly once: its code, the column, in how many rows it is, and the first of them. Rows are counted from 1, "
        "the header aside.\n\n"
        "--against compares with test data: rows of them that the training data have, too (LEAKAGE), and with --label "
        "the classes that one of them lacks, or whose shares differ by more than a tenth.\n\n"
        "Exits 0 when there is no anomaly and 1 when there are some."};
  }

  void declare(Args& args) override {
    declare_data(args, request_.data);
    args.option({"--schema"}, "FILE", schema_, "what the table should hold", Completes::files);
    args.option({"--against"}, "TEST", request_.against, "test data that should have no row of DATA", Completes::files);
    args.option({"--label"}, "COLUMN", request_.label, "with --against: the column that the model learns");
  }

  ExitCode run(const Session& session) override {
    if (schema_) request_.schema = *schema_;
    const app::CheckOutcome outcome = app::check_dataset(session.context(), request_);
    if (session.json()) {
      session.print_json(app::to_json(outcome));
    } else if (session.quiet()) {
      for (const Anomaly& anomaly : outcome.anomalies)
        session.print_line(trim(fmt::format("{} {}", name_of(anomaly.code), printable(anomaly.column))));
    } else {
      print_text(session, outcome);
    }
    return outcome.ok() ? ExitCode::done : ExitCode::failed;
  }

 private:
  static void print_text(const Session& session, const app::CheckOutcome& outcome) {
    const Style& style = session.style();
    std::string title = style.bold(printable(outcome.dataset.value_or(outcome.source)));
    if (outcome.schema) {
      title += fmt::format(": {}, {}", count_text(outcome.rows, "row"), count_text(outcome.columns, "column"));
    }
    if (outcome.ok()) {
      if (outcome.schema) session.print_line(fmt::format("{} hold to {}", title, printable(*outcome.schema)));
      if (outcome.against) {
        session.print_line(fmt::format("{} has no row of {}", style.bold(printable(*outcome.against)),
                                       printable(outcome.dataset.value_or(outcome.source))));
      }
      return;
    }
    const std::size_t kinds = outcome.anomalies.size();
    session.print_line(
        fmt::format("{}{} {}", title, outcome.schema ? "," : ":",
                    style.bad(kinds == 1 ? "1 kind of anomaly" : fmt::format("{} kinds of anomalies", kinds))));
    Table table{{"ANOMALY", "COLUMN", "ROWS", "SHARE", "WHAT", "FIRST IN"}};
    for (const Anomaly& anomaly : outcome.anomalies) {
      table.add({{std::string{name_of(anomaly.code)}, Tone::bad},
                 {printable(anomaly.column)},
                 {anomaly.count == 0 ? "" : fmt::format("{}", anomaly.count)},
                 {share_of_rows(anomaly)},
                 {anomaly.what},
                 {examples_text(anomaly)}});
    }
    session.print(table.text(style, session.columns(), "  "));
  }

  app::CheckRequest request_;
  std::optional<std::string> schema_;
};

}  // namespace

std::unique_ptr<Command> make_dataset_check() { return std::make_unique<DatasetCheck>(); }

}  // namespace mlops::cli
