#include <limits>

#include <fmt/core.h>

#include <mlops/app/compare.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "compare_text.hpp"
#include "render.hpp"
#include "reports/deliver.hpp"

namespace mlops::cli {

namespace {

double number_of(const std::string& text, std::string_view flag) {
  if (const auto number = parse_double(text)) return *number;
  throw Error{ErrorKind::usage, fmt::format("`{} {}` is not a number", flag, printable(text))};
}

std::optional<double> optional_number(const std::optional<std::string>& text, std::string_view flag) {
  return text ? std::optional{number_of(*text, flag)} : std::nullopt;
}

double share_between(const std::string& text, std::string_view flag, double least) {
  const double share = number_of(text, flag);
  if (share > least && share < 1) return share;
  throw Error{ErrorKind::usage, fmt::format("`{} {}` is not a share between {} and 1", flag, printable(text), least)};
}

stats::Interval bounds_of(const std::string& text) {
  const std::vector<std::string> ends = split(text, ',');
  if (ends.size() == 2) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    const double low = parse_double(trim(ends[0])).value_or(none);
    const double high = parse_double(trim(ends[1])).value_or(none);
    if (low < high) return {low, high};
  }
  throw Error{ErrorKind::usage,
              fmt::format("`--bounds {}` is not LOW,HIGH", printable(text)),
              {"such as `--bounds 0,5` for ratings"}};
}

class Compare final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops compare churn@7 churn@production", "is the challenger better than the champion?"},
         {"mlops compare churn@7 churn@6 --metric auc --margin 0.005", "no worse, but for 0.005"},
         {"mlops compare --predictions new.csv --against old.csv", "the same of two files, without a registry"},
         {"mlops compare --ab log.csv --column unit=user", "what an A/B test tells so far"},
         {"mlops compare --plan --baseline 0.9 --effect 0.01", "how many rows will it take?"}},
        "Compares on the same rows, and decides by the confidence interval of the difference: passed, failed, or "
        "inconclusive, with the rows that would tell. Predictions of versions are made as gates make them. The test "
        "suits the metric (McNemar, DeLong, Student's t with Wilcoxon's beside it, or a BCa bootstrap) and is named. "
        "docs/compare.md explains all of it.\n\n"
        "--ab reads a log with a row for each outcome, and its interval holds however often one looks. "
        "Exits 0 when passed, 3 when failed or inconclusive."};
  }

  void declare(Args& args) override {
    args.optional_positional("CHALLENGER", challenger_, "the version that should be better", Completes::reference);
    args.optional_positional("CHAMPION", champion_, "the version it is compared with", Completes::reference);
    args.option({"--predictions"}, "FILE", predictions_, "the challenger's predictions: CSV or JSON Lines",
                Completes::files);
    args.option({"--against"}, "FILE", against_, "the champion's", Completes::files);
    args.option({"--data"}, "FILE", request_.data, "the holdout, for columns that the files lack", Completes::files);
    args.repeated({"--metric"}, "METRIC", request_.metrics,
                  "such as auc, 'recall of yes', ndcg@10 (repeat for more; default: by the columns)");
    args.repeated({"--by"}, "COLUMN", request_.by, "compare each of its values by itself (repeat for more columns)");
    args.option({"--cluster"}, "COLUMN", request_.cluster, "rows of one value belong together, as those of a patient");
    args.option({"--margin"}, "X", margin_, "what may be lost");
    args.option({"--gain"}, "X", gain_, "what must be gained (default: anything at all)");
    args.option({"--positive"}, "CLASS", request_.positive, "the class that scores are about");
    args.repeated({"--column"}, "ROLE=NAME", columns_, "the file's name for truth, prediction, score, id, arm, …");
    args.option({"--confidence"}, "SHARE", confidence_, "of the intervals (default: the policy's, or 0.95)");
    args.number({"--seed"}, "N", request_.seed, 0, "of the bootstrap (default: the policy's, or 0)");
    args.number({"--min-slice"}, "N", request_.min_slice, 1, "rows from which a slice is judged (default: 30)");
    args.repeated({"--report"}, "FILE", reports_,
                  "write a report as well: .xml for JUnit, .md, .html, .json or .txt (can be repeated)",
                  Completes::files);
    args.option({"--ab"}, "FILE", ab_, "the log of an A/B test: columns arm, outcome; unit, time, covariate",
                Completes::files);
    args.option({"--challenger"}, "NAME", ab_request_.challenger, "with --ab: what the log calls the challenger's arm");
    args.option({"--champion"}, "NAME", ab_request_.champion, "with --ab: and the champion's");
    args.option({"--success"}, "VALUE", ab_request_.success, "with --ab: the outcome that counts as 1");
    args.flag({"--less"}, ab_request_.less_is_better, "with --ab: a smaller outcome is better");
    args.option({"--bounds"}, "LOW,HIGH", bounds_, "with --ab: between which all outcomes lie");
    args.option({"--share"}, "SHARE", share_, "with --ab: of the units, planned for the challenger (default: 0.5)");
    args.flag({"--plan"}, is_plan_, "tell how many rows it takes");
    args.option({"--effect"}, "X", effect_, "with --plan and --ab: the smallest difference that matters");
    args.option({"--baseline"}, "SHARE", baseline_, "with --plan: the champion's share of right rows");
    args.option({"--discordant"}, "SHARE", discordant_, "with --plan: of rows that only one of the two gets right");
    args.option({"--deviation"}, "X", deviation_, "with --plan: of the values, where they are no shares");
    args.option({"--power"}, "SHARE", power_, "with --plan: the chance to find the effect (default: 0.8)");
  }

  ExitCode run(const Session& session) override {
    if (is_plan_ && ab_) throw Error{ErrorKind::usage, "`--plan` and `--ab` exclude each other"};
    if (is_plan_) return plan(session);
    return ab_ ? judge_log(session) : compare_predictions(session);
  }

 private:
  struct Given {
    std::string_view flag;
    bool is_given = false;
  };

  static void refuse(const std::vector<Given>& flags, std::string_view with) {
    for (const Given& flag : flags) {
      if (flag.is_given) throw Error{ErrorKind::usage, fmt::format("`{}` does not go with {}", flag.flag, with)};
    }
  }

  [[nodiscard]] std::vector<Given> of_predictions() const {
    return {{"CHALLENGER", challenger_.has_value()},     {"--predictions", predictions_.has_value()},
            {"--against", against_.has_value()},         {"--data", request_.data.has_value()},
            {"--metric", !request_.metrics.empty()},     {"--by", !request_.by.empty()},
            {"--cluster", request_.cluster.has_value()}, {"--positive", request_.positive.has_value()},
            {"--seed", request_.seed.has_value()},       {"--min-slice", request_.min_slice.has_value()}};
  }
  [[nodiscard]] std::vector<Given> of_logs() const {
    return {{"--challenger", ab_request_.challenger.has_value()},
            {"--champion", ab_request_.champion.has_value()},
            {"--success", ab_request_.success.has_value()},
            {"--less", ab_request_.less_is_better},
            {"--bounds", bounds_.has_value()},
            {"--share", share_.has_value()}};
  }
  [[nodiscard]] std::vector<Given> of_plans() const {
    return {{"--baseline", baseline_.has_value()},
            {"--discordant", discordant_.has_value()},
            {"--deviation", deviation_.has_value()},
            {"--power", power_.has_value()}};
  }

  [[nodiscard]] app::Asked asked() const {
    return {.margin = optional_number(margin_, "--margin"), .gain = optional_number(gain_, "--gain")};
  }

  [[nodiscard]] app::ColumnNames column_names() const {
    app::ColumnNames names;
    for (const std::string& column : columns_) names.push_back(split_pair(column, "--column", "ROLE=NAME"));
    return names;
  }

  ExitCode compare_predictions(const Session& session) {
    refuse(of_logs(), "predictions: it is for `--ab`");
    refuse(of_plans(), "predictions: it is for `--plan`");
    refuse({{"--effect", effect_.has_value()}}, "predictions: `--gain` is what must be gained");
    take_sources();
    request_.asked = asked();
    request_.columns = column_names();
    if (confidence_) request_.confidence = share_between(*confidence_, "--confidence", 0.5);
    const auto files = report_files(session);
    const app::CompareOutcome outcome = app::compare(session.context(), request_);
    if (session.json()) {
      session.print_json(app::to_json(outcome));
    } else if (session.quiet()) {
      session.print_line(name_of(outcome.result()));
    } else {
      print_comparison(session, outcome);
    }
    deliver_report(session, report_of(session, outcome), files);
    return exit_code_of(outcome.result());
  }

  void take_sources() {
    request_.are_files = predictions_ || against_;
    if (request_.are_files) {
      refuse({{"CHALLENGER", challenger_.has_value()}}, "`--predictions`");
      if (!predictions_ || !against_) {
        throw Error{ErrorKind::usage,
                    "`--predictions` and `--against` go together: the challenger's file, and the champion's"};
      }
      request_.challenger = *predictions_;
      request_.champion = *against_;
      return;
    }
    if (!challenger_ || !champion_) {
      throw Error{ErrorKind::usage,
                  challenger_ ? fmt::format("{} is to be compared with which version?", printable(*challenger_))
                              : "what is to be compared?",
                  {"`mlops compare churn@7 churn@production` compares two versions",
                   "`mlops compare --predictions A.csv --against B.csv` compares two files"}};
    }
    refuse({{"--data", request_.data.has_value()}}, "versions: the policy names their holdout");
    request_.challenger = *challenger_;
    request_.champion = *champion_;
  }

  [[nodiscard]] std::vector<ReportFile> report_files(const Session& session) const {
    return session.dry_run() ? std::vector<ReportFile>{} : prepare_report_files(session, reports_, "--report");
  }

  static Report report_of(const Session& session, const app::AbOutcome& outcome) {
    const domain::Verdict verdict = app::verdict_of(outcome, session.context());
    return {
        .version = {},
        .verdicts = {verdict},
        .comparison = ReportedComparison{.subject = outcome.challenger.name,
                                         .origin = fmt::format("{}, looked at {} by {}, mlops {}", outcome.source,
                                                               rfc3339(verdict.at), verdict.by, verdict.tool_version),
                                         .document = app::to_json(outcome)}};
  }

  static Report report_of(const Session& session, const app::CompareOutcome& outcome) {
    const domain::Verdict verdict = app::verdict_of(outcome, session.context());
    return {.version = {},
            .verdicts = {verdict},
            .comparison = ReportedComparison{
                .subject = outcome.challenger,
                .origin = fmt::format("compared at {} by {}, {}, seed {}, mlops {}", rfc3339(verdict.at), verdict.by,
                                      verdict.policy_source, outcome.seed, verdict.tool_version),
                .document = app::to_json(outcome)}};
  }

  static ExitCode exit_code_of(domain::VerdictResult result) {
    return result == domain::VerdictResult::passed ? ExitCode::done : ExitCode::refused;
  }

  ExitCode judge_log(const Session& session) {
    refuse(of_predictions(), "`--ab`");
    refuse(of_plans(), "`--ab`: it is for `--plan`");
    ab_request_.log.data = *ab_;
    ab_request_.asked = asked();
    ab_request_.columns = column_names();
    ab_request_.effect = optional_number(effect_, "--effect");
    if (bounds_) ab_request_.bounds = bounds_of(*bounds_);
    if (share_) ab_request_.share = share_between(*share_, "--share", 0);
    if (confidence_) ab_request_.confidence = share_between(*confidence_, "--confidence", 0.5);
    const auto files = report_files(session);
    const app::AbOutcome outcome = app::judge_ab_log(session.context(), ab_request_);
    if (session.json()) {
      session.print_json(app::to_json(outcome));
    } else if (session.quiet()) {
      session.print_line(name_of(outcome.result));
    } else {
      print_ab_test(session, outcome);
    }
    deliver_report(session, report_of(session, outcome), files);
    return exit_code_of(outcome.result);
  }

  ExitCode plan(const Session& session) const {
    refuse(of_predictions(), "`--plan`");
    refuse(of_logs(), "`--plan`: it is for `--ab`");
    refuse({{"--report", !reports_.empty()}}, "`--plan`");
    refuse({{"--margin", margin_.has_value()}, {"--gain", gain_.has_value()}, {"--column", !columns_.empty()}},
           "`--plan`: `--effect` is what should be found");
    if (!effect_) {
      throw Error{ErrorKind::usage, "`--plan` needs `--effect`: the smallest difference that matters"};
    }
    app::PlanRequest request;
    request.effect = number_of(*effect_, "--effect");
    request.baseline = optional_number(baseline_, "--baseline");
    request.discordant = optional_number(discordant_, "--discordant");
    request.deviation = optional_number(deviation_, "--deviation");
    if (confidence_) request.confidence = share_between(*confidence_, "--confidence", 0.5);
    if (power_) request.power = share_between(*power_, "--power", 0);
    const auto designs = app::plan_comparison(request);
    if (session.json()) {
      session.print_json(app::to_json(request, designs));
    } else if (session.quiet()) {
      for (const auto& design : designs) session.print_line(design.rows ? fmt::format("{}", *design.rows) : "none");
    } else {
      print_plan(session, designs);
    }
    return ExitCode::done;
  }

  app::CompareRequest request_;
  app::AbRequest ab_request_;
  std::optional<std::string> challenger_, champion_, predictions_, against_, ab_;
  std::optional<std::string> margin_, gain_, confidence_, bounds_, share_;
  std::optional<std::string> effect_, baseline_, discordant_, deviation_, power_;
  std::vector<std::string> columns_, reports_;
  bool is_plan_ = false;
};

}  // namespace

std::unique_ptr<Command> make_compare() { return std::make_unique<Compare>(); }

}  // namespace mlops::cli
