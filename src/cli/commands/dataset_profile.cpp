#include <mlops/app/dataset_profile.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "data_arguments.hpp"
#include "profile_text.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class DatasetProfile final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops dataset profile data/train.csv", "what is in this file?"},
         {"mlops dataset profile train@3", "or in a dataset of the registry"},
         {"mlops dataset profile events.jsonl --json", "all figures, for a script"}},
        "Reads the table once, on several threads, and keeps little of it, however large it is. For each column: its "
        "type, missing values, different values, range, mean, standard deviation, quantiles, the most frequent "
        "values, and a histogram.\n\n"
        "Figures are exact, but for these of large columns: quantiles and histograms beyond 4,096 values, of "
        "which more than 1,024 differ (off by at most 0.07% of the rows, in 99 of 100 cases), and the number of "
        "different values beyond 16,384 "
        "(standard error 0.8%). The same file gives the same figures on every machine. Of a dataset the profile is "
        "kept: it is made once, and `dataset show` tells it, too.\n\n"
        "Files are UTF-8; other encodings are refused, not guessed."};
  }

  void declare(Args& args) override {
    declare_data(args, request_);
    args.number({"--top"}, "N", top_, 0, "list the N most frequent values with --json (default: 10)");
  }

  ExitCode run(const Session& session) override {
    constexpr std::int64_t most_top = 1000;
    const std::size_t wanted = top_ ? static_cast<std::size_t>(std::min(*top_, most_top)) : app::usual_top;
    const app::ProfileOutcome outcome =
        app::profile_dataset(session.context(), request_, std::max(wanted, values_shown));
    if (session.json()) {
      session.print_json(app::to_json(outcome, wanted));
    } else if (session.quiet()) {
      for (const app::ColumnProfile& column : outcome.profile.columns) session.print_line(printable(column.name));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_text(const Session& session, const app::ProfileOutcome& outcome) {
    const app::DataProfile& profile = outcome.profile;
    const Style& style = session.style();
    session.print_line(fmt::format("{}: {}, {}, {}", style.bold(printable(outcome.dataset.value_or(outcome.source))),
                                   count_text(profile.facts.rows, "row"), count_text(profile.columns.size(), "column"),
                                   bytes_text(profile.bytes)));
    print_columns(session, profile);
  }

  app::DataRequest request_;
  std::optional<std::int64_t> top_;
};

}  // namespace

std::unique_ptr<Command> make_dataset_profile() { return std::make_unique<DatasetProfile>(); }

}  // namespace mlops::cli
