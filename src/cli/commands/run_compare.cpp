#include <fmt/core.h>

#include <mlops/app/run_looks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "reports/curves.hpp"
#include "reports/deliver.hpp"

namespace mlops::cli {

namespace {

Json names_json(const std::vector<std::string>& names) {
  Json array = Json::array();
  for (const std::string& name : names) array.push_back(name);
  return array;
}

class RunCompare final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run compare 12 15 18", "these runs beside each other"},
             {"mlops run compare --where 'search = 12' --sort metrics.auc", "the trials of a search"},
             {"mlops run compare 12 15 --report runs.html", "also as a page with plots"}},
            "A table of the params that differ and of all metrics, and the metrics over steps as plots. --where takes "
            "what `mlops run list --where` takes."};
  }

  void declare(Args& args) override {
    args.positionals("RUN", runs_, "the numbers of the runs", false, Completes::run);
    args.option({"--where"}, "CONDITION", where_, "instead of numbers: runs for which it holds");
    args.option({"--sort"}, "KEY", sort_, "with --where, their order (default: number)");
    args.flag({"--reverse"}, reverse_, "with --where, the lowest first");
    args.number({"--limit"}, "N", limit_, 2, "with --where, at most N (default: 20)");
    args.option({"--report"}, "FILE", report_, "write a page with plots to FILE.html", Completes::files);
  }

  ExitCode run(const Session& session) override {
    constexpr std::size_t default_limit = 20;
    if (report_ && !report_->ends_with(".html")) {
      throw Error{ErrorKind::usage,
                  fmt::format("`--report {}`: the page is HTML, so its name ends in .html", printable(*report_))};
    }
    if (!runs_.empty() && where_) throw Error{ErrorKind::usage, "either numbers of runs or `--where`, not both"};
    app::CompareRunsRequest request;
    for (const std::string& number : runs_) request.runs.push_back(parse_run_number(number));
    request.list = {.model = std::nullopt,
                    .where = where_,
                    .sort = sort_.value_or("number"),
                    .ascending = reverse_,
                    .limit = page_limit(limit_, default_limit),
                    .after = std::nullopt};
    request.with_series = report_ || !session.quiet();
    app::Workspace workspace{session.context(), app::Access::read};
    const app::CompareRunsOutcome outcome = app::compare_runs(workspace, request);
    if (report_) write_file_atomic(workspace.absolute(*report_), html_runs(outcome));
    if (session.json()) {
      session.print_json(json_of(outcome));
    } else if (!session.quiet()) {
      print_table(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static Json json_of(const app::CompareRunsOutcome& outcome) {
    Json series = Json::object();
    for (const auto& [run, curves] : outcome.series)
      series.set(std::to_string(run), domain::to_json(curves).at("series"));
    return Json::object({{"runs", json_array(outcome.runs)},
                         {"params", names_json(outcome.params)},
                         {"metrics", names_json(outcome.metrics)},
                         {"series", std::move(series)}});
  }

  static void print_table(const Session& session, const app::CompareRunsOutcome& outcome) {
    std::vector<std::string> headers{"RUN", "STATUS"};
    for (const std::string& name : outcome.params) headers.push_back(printable(name));
    for (const std::string& name : outcome.metrics) headers.push_back(printable(name));
    Table table{headers};
    for (const domain::Run& run : outcome.runs) {
      std::vector<Cell> row{{std::to_string(run.number), Tone::bold},
                            {std::string{name_of(run.status)}, tone_of(run.status)}};
      for (const std::string& name : outcome.params) {
        const auto found = run.params.find(name);
        row.emplace_back(found == run.params.end() ? std::string{} : param_text(found->second));
      }
      for (const std::string& name : outcome.metrics) {
        const auto found = run.metrics.find(name);
        row.emplace_back(found == run.metrics.end() ? std::string{} : figure_text(found->second));
      }
      table.add(std::move(row));
    }
    session.print(table.text(session.style(), session.columns()));
    for (const Curves& curves : curves_of(outcome)) session.print("\n" + text_curves(curves, look_of(session), ""));
  }

  std::vector<std::string> runs_;
  std::optional<std::string> where_, sort_, report_;
  std::optional<std::int64_t> limit_;
  bool reverse_ = false;
};

}  // namespace

std::unique_ptr<Command> make_run_compare() { return std::make_unique<RunCompare>(); }

}  // namespace mlops::cli
