#include <mlops/app/importance.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

constexpr std::int64_t most_repeats = 1000;

class Importance final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops importance churn@3", "which columns its predictions live on"},
         {"mlops importance churn@3 --metric auc --repeats 20", "what the AUC loses, in narrower intervals"},
         {"mlops importance churn@4 --against production", "has the model begun to look at something else?"}},
        "Shuffles one column of the holdout after the other, predicts the rows with the command of the policy "
        "([model.NAME.predictions]), and tells what the metric loses: permutation importance, as scikit-learn "
        "defines it. The interval (95%) is of the mean over the shuffles, not of other rows. A column that says the "
        "same as another seems less important than it is.\n\n"
        "All shuffled copies go into one call of the command where each row is predicted by itself, which is tried "
        "first; else each copy gets a call of its own. What was found is kept and used again. Where a gate of the "
        "model asks for intact or safe files, nothing is predicted with files that are not.\n\n"
        "--against tells how the importances of another version rank, and which have moved: their intervals have "
        "nothing in common."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version; the latest without @REF", Completes::reference);
    args.repeated({"--column"}, "NAME", columns_, "only this column (repeat for more)");
    args.number({"--repeats"}, "N", repeats_, 1, "shuffles of each column (default: 5)");
    args.option({"--metric"}, "NAME", metric_, "accuracy, auc, rmse … (default: what the last gate asks for)");
    args.number({"--seed"}, "N", seed_, 0, "of the shuffles (default: 0)");
    args.option({"--against"}, "[MODEL]@REF", against_, "another version, or a stage of the same model");
  }

  ExitCode run(const Session& session) override {
    app::ImportanceRequest request;
    request.reference = reference_;
    request.columns = columns_;
    if (repeats_.value_or(0) > most_repeats)
      throw Error{ErrorKind::usage, fmt::format("`--repeats {}` is more than {}", *repeats_, most_repeats)};
    request.repeats = static_cast<std::size_t>(repeats_.value_or(static_cast<std::int64_t>(request.repeats)));
    request.seed = static_cast<std::uint64_t>(seed_.value_or(0));
    request.metric = metric_;
    if (against_) request.against = other_version();
    if (against_ && request.repeats < 2)
      throw Error{ErrorKind::usage, "one shuffle has no interval to compare", {"add `--repeats 5`"}};
    app::Workspace workspace{session.context(), app::Access::read};
    const app::ImportanceOutcome outcome = app::measure_importance(workspace, request);
    if (session.json()) {
      session.print_json(app::to_json(outcome));
    } else if (session.quiet()) {
      for (const auto& column : outcome.own.columns) session.print_line(printable(column.column));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  // "production" and "@production" mean the same model.
  [[nodiscard]] std::string other_version() const {
    if (against_->starts_with('@')) return model_of(reference_) + *against_;
    return against_->find('@') == std::string::npos ? fmt::format("{}@{}", model_of(reference_), *against_) : *against_;
  }
  static std::string model_of(const std::string& reference) { return reference.substr(0, reference.find('@')); }

  static std::string interval_text(const stats::Importance& importance) {
    if (!importance.interval) return "";
    return fmt::format("[{:.4g}, {:.4g}]", importance.interval->low, importance.interval->high);
  }

  static void print_text(const Session& session, const app::ImportanceOutcome& outcome) {
    const Style& style = session.style();
    session.print_line(
        fmt::format("{}: {} {:.4g} on {} ({}); {} of each column{}", style.bold(outcome.own.version.text()),
                    outcome.metric, outcome.own.baseline, printable(outcome.data), count_text(outcome.rows, "row"),
                    count_text(outcome.repeats, "shuffle"), outcome.own.calls == 0 ? ", known from before" : ""));
    const bool is_compared = outcome.other.has_value();
    Table table{is_compared ? std::vector<std::string>{"COLUMN", "LOSES", "INTERVAL", "SD", "THEN", "INTERVAL", ""}
                            : std::vector<std::string>{"COLUMN", "LOSES", "INTERVAL", "SD"}};
    for (const auto& column : outcome.own.columns) {
      std::vector<Cell> cells{{printable(column.column), Tone::bold},
                              {fmt::format("{:.4g}", column.importance.mean)},
                              {interval_text(column.importance)},
                              {fmt::format("{:.3g}", column.importance.deviation)}};
      if (is_compared) add_other(outcome, column.column, cells);
      table.add(std::move(cells));
    }
    session.print(table.text(style, session.columns()));
    if (!is_compared) return;
    const auto moved = std::ranges::count_if(outcome.changes, [](const auto& change) { return change.has_moved; });
    session.print_line(
        fmt::format("{}: {} {:.4g}; {} moved, rank correlation {}", outcome.other->version.text(), outcome.metric,
                    outcome.other->baseline, count_text(static_cast<std::size_t>(moved), "column"),
                    outcome.rank_correlation ? fmt::format("{:.3g}", *outcome.rank_correlation) : "not defined"));
  }

  static void add_other(const app::ImportanceOutcome& outcome, const std::string& column, std::vector<Cell>& cells) {
    const auto theirs = std::ranges::find(outcome.other->columns, column, &app::ColumnImportance::column);
    if (theirs == outcome.other->columns.end()) {
      cells.insert(cells.end(), 3, Cell{""});
      return;
    }
    cells.emplace_back(fmt::format("{:.4g}", theirs->importance.mean));
    cells.emplace_back(interval_text(theirs->importance));
    const auto change = std::ranges::find(outcome.changes, column, &app::ImportanceChange::column);
    const bool has_moved = change != outcome.changes.end() && change->has_moved;
    cells.push_back(has_moved ? Cell{"moved", Tone::warning} : Cell{""});
  }

  std::string reference_;
  std::vector<std::string> columns_;
  std::optional<std::int64_t> repeats_, seed_;
  std::optional<std::string> metric_, against_;
};

}  // namespace

std::unique_ptr<Command> make_importance() { return std::make_unique<Importance>(); }

}  // namespace mlops::cli
