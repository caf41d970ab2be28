#include <mlops/app/dataset_drift.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "data_arguments.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class DatasetDrift final : public Command {
 public:
  Help help() const override {
    return {{{"mlops dataset drift train@1 data/today.csv", "has what comes in changed since training?"},
             {"mlops dataset drift old.csv new.csv --column age --column city", "only these columns"},
             {"mlops dataset drift old.csv new.csv -q", "the names of the columns that drifted"}},
            "Compares each column of the reference with the same column of the current data. Numbers: the Wasserstein "
            "distance in standard deviations (0.1) and the population stability index (0.2); categories: the "
            "Jensen-Shannon distance (0.1) and the largest change of a share (0.1). Up to 1,000 rows of reference "
            "p-values decide instead (Kolmogorov-Smirnov, chi-square; 0.05 after the correction for many columns). A "
            "distance that as few rows show without any change is inconclusive.\n\n"
            "The data has drifted when half of its columns have (--share), or when a column is gone. Exits 1 then."};
  }

  void declare(Args& args) override {
    args.positional("REFERENCE", reference_, "what it was: a file, or DATASET[@REF]", Completes::files);
    args.positional("CURRENT", current_, "what it is now", Completes::files);
    args.repeated({"--column"}, "NAME", columns_, "only this column (repeat for more)");
    args.flag({"--bins"}, in_bins_, "count into the reference's bins, in bounded memory (always done beyond 1 GiB)");
    args.option({"--share"}, "SHARE", share_, "drifted columns from which the data has drifted (default: 0.5)");
  }

  ExitCode run(const Session& session) override {
    app::DriftRequest request;
    request.reference.data = reference_;
    request.current.data = current_;
    request.columns = columns_;
    request.in_bins = in_bins_;
    if (share_) request.share = parse_share_of_columns(*share_);
    const app::DriftOutcome outcome = app::compare_drift(session.context(), request);
    if (session.json()) {
      session.print_json(app::to_json(outcome));
    } else if (session.quiet()) {
      for (const auto& column : outcome.drift.columns) {
        if (column.drift == stats::Drift::yes) session.print_line(printable(column.column));
      }
    } else {
      print_text(session, outcome);
    }
    return outcome.has_drifted() ? ExitCode::failed : ExitCode::done;
  }

 private:
  static double parse_share_of_columns(const std::string& text) {
    const auto share = parse_double(text);
    if (share && *share > 0 && *share <= 1) return *share;
    throw Error{ErrorKind::usage,
                fmt::format("`--share {}` is not a share", printable(text)),
                {"write a number above 0, up to 1"}};
  }

  static Cell drift_cell(stats::Drift drift) {
    if (drift == stats::Drift::yes) return {"drifted", Tone::bad};
    return drift == stats::Drift::no ? Cell{"same", Tone::good} : Cell{"can't tell", Tone::warning};
  }

  // Bins leave open what a distance is, but for its ends.
  static std::string bounds_text(const stats::Interval& bounds) {
    const std::string low = fmt::format("{:.3g}", bounds.low);
    const std::string high = fmt::format("{:.3g}", bounds.high);
    return low == high ? low : fmt::format("{} to {}", low, high);
  }

  static std::string figures_text(const stats::ColumnDrift& column) {
    std::vector<std::string> texts;
    for (const auto& figure : column.figures) {
      texts.push_back(figure.p
                          ? fmt::format("{} p {:.3g}", name_of(figure.statistic), figure.adjusted_p.value_or(*figure.p))
                          : fmt::format("{} {}", name_of(figure.statistic), bounds_text(figure.bounds)));
    }
    return join(texts, ", ");
  }

  static std::string change_text(const stats::ColumnDrift& column) {
    if (!column.reason.empty()) return column.reason;
    if (!column.largest_change || column.drift == stats::Drift::no) return "";
    return fmt::format("{}: {:.1f}% to {:.1f}%", printable(column.largest_change->name),
                       100 * column.largest_change->reference, 100 * column.largest_change->current);
  }

  static void print_names(const Session& session, std::string_view what, const std::vector<std::string>& names) {
    if (!names.empty()) session.print_line(fmt::format("  {}: {}", what, printable(join(names, ", "))));
  }

  static void print_text(const Session& session, const app::DriftOutcome& outcome) {
    const Style& style = session.style();
    const auto& drift = outcome.drift;
    const std::string head = outcome.has_drifted()                       ? style.bad("drifted")
                             : drift.drift == stats::Drift::inconclusive ? "can't tell"
                                                                         : style.good("not drifted");
    session.print_line(fmt::format("{}: {} of {} drifted; {:.0f}% would make the data another", head, drift.drifted,
                                   count_text(drift.columns.size(), "column"), 100 * drift.threshold));
    Table table{{"COLUMN", "", "FIGURES", "CHANGE"}};
    for (const auto& column : drift.columns) {
      table.add({{printable(column.column), Tone::bold},
                 drift_cell(column.drift),
                 {figures_text(column)},
                 {change_text(column)}});
    }
    session.print(table.text(style, session.columns()));
    if (outcome.is_in_bins)
      session.print_line(style.faint("  counted in the bins of the reference, in bounded memory"));
    print_names(session, "gone", outcome.only_in_reference);
    print_names(session, "new", outcome.only_in_current);
    print_names(session, "left out, another text in nearly every row", outcome.left_out);
  }

  std::string reference_, current_;
  std::vector<std::string> columns_;
  std::optional<std::string> share_;
  bool in_bins_ = false;
};

}  // namespace

std::unique_ptr<Command> make_dataset_drift() { return std::make_unique<DatasetDrift>(); }

}  // namespace mlops::cli
