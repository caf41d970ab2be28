#include <mlops/app/compare.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include <fmt/core.h>

#include <mlops/domain/condition.hpp>
#include <mlops/stats/metric_catalogue.hpp>
#include <mlops/stats/multiplicity.hpp>
#include <mlops/stats/noninferiority.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "compare_sources.hpp"
#include "metric_rows.hpp"
#include "slice_correction.hpp"

namespace mlops::app {

namespace {

using domain::MetricNeeds;
using domain::PredictionCondition;
using domain::VerdictResult;

// Labels with more different values, or with fractions, are measurements.
constexpr std::size_t most_numeric_classes = 20;

// Of fewer than these nobody knows how clusters vary.
constexpr std::int64_t fewest_clusters = 10;

bool are_measurements(const PredictionColumns& columns) {
  std::set<double> distinct;
  for (const std::string& text : columns.texts(columns.recipe().truth)) {
    const auto number = parse_double(trim(text));
    if (!number) return false;
    if (*number < std::floor(*number) || *number > std::floor(*number)) return true;
    distinct.insert(*number);
    if (distinct.size() > most_numeric_classes) return true;
  }
  return false;
}

std::size_t class_count(const PredictionColumns& columns) {
  const auto truth = label_texts(columns, columns.recipe().truth);
  return classes_of({&truth}).size();
}

// What suits the columns that both have.
std::vector<std::string> usual_metrics(const PredictionColumns& own, const PredictionColumns& held) {
  const domain::PredictionRecipe& recipe = own.recipe();
  const auto both_have = [&](const std::string& column) { return own.has(column) && held.has(column); };
  if (both_have(recipe.query) && both_have(recipe.score)) return {"ndcg", "map"};
  if (own.has(recipe.truth) && both_have(recipe.prediction) && are_measurements(own)) return {"mae", "rmse"};
  std::vector<std::string> metrics;
  if (both_have(recipe.prediction)) metrics.emplace_back("accuracy");
  if (both_have(recipe.score) && own.has(recipe.truth) && class_count(own) == 2) metrics.emplace_back("auc");
  if (metrics.size() == 1 && metrics.front() == "accuracy" && class_count(own) > 2) metrics.emplace_back("f1");
  if (!metrics.empty()) return metrics;
  throw Error{ErrorKind::usage,
              fmt::format("{} and {} have neither a column `{}` nor `{}` in common", printable(own.name()),
                          printable(held.name()), printable(recipe.prediction), printable(recipe.score)),
              {"`--column prediction=NAME` names the column that is meant; so do truth, score, id, weight, query"}};
}

PredictionCondition question_of(const std::string& text, const CompareRequest& request) {
  PredictionCondition question = domain::parse_prediction_metric(text);
  for (const std::string& column : request.by) {
    if (std::ranges::find(question.by, column) == question.by.end()) question.by.push_back(column);
  }
  const auto needs = domain::find_prediction_metric(question.metric)->needs;
  if (needs == MetricNeeds::groups || question.metric == "positive_rate") {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` does not tell which of two is better", question.metric),
                {"a gate can hold it against a number: docs/gates.md"}};
  }
  return question;
}

std::string name_of_question(const PredictionCondition& question) {
  return question.label ? fmt::format("{} of {}", question.metric, *question.label) : question.metric;
}

// "more than 0.02 worse", "better by 0.01", "better"
std::string asked_text(const Asked& asked) {
  if (asked.gain && *asked.gain > 0) return fmt::format("better by {}", figure_text(*asked.gain));
  if (asked.margin && *asked.margin > 0) return fmt::format("more than {} worse", figure_text(*asked.margin));
  return "better";
}

// "not better by 0.01", "more than 0.02 worse", "worse"
std::string shortfall_text(const Asked& asked) {
  if (asked.gain && *asked.gain > 0) return "not " + asked_text(asked);
  return asked.margin && *asked.margin > 0 ? asked_text(asked) : "worse";
}

std::string p_text(double p) { return p < 0.0001 ? "<0.0001" : fmt::format("{:.2g}", p); }

bool has_few_clusters(const ComparedFigure& figure) { return figure.clusters && *figure.clusters < fewest_clusters; }

std::string reason_of(const ComparedFigure& figure, const Asked& asked) {
  if (figure.result == VerdictResult::passed) return "";
  if (figure.result == VerdictResult::failed) return shortfall_text(asked) + ", with confidence";
  if (!std::isfinite(figure.challenger) || !std::isfinite(figure.champion)) return "not defined for these rows";
  std::string text = fmt::format("{} {} can't tell whether it is {}", figure.count,
                                 figure.of_queries ? "queries" : "rows", asked_text(asked));
  if (figure.rows_needed) text += fmt::format("; some {} would", *figure.rows_needed);
  if (figure.detectable) text += fmt::format(" (so many show a difference of {:.4g})", *figure.detectable);
  return text;
}

class Comparer {
 public:
  Comparer(const CompareRequest& request, const PredictionColumns& own, const PredictionColumns& held)
      : request_{request}, own_{own}, held_{held}, recipe_{own.recipe()}, least_{request.asked.least()} {}

  void compare(const PredictionCondition& question, CompareOutcome& outcome) const {
    const MetricRows rows = read_metric_rows(question, own_, &held_, request_.cluster);
    const std::size_t before = outcome.figures.size();
    for (const auto& [slice, places] : slices_of(question, own_)) {
      const auto count = static_cast<std::int64_t>(places.size());
      if (!question.by.empty() && count < recipe_.min_slice) {
        const std::pair small{slice, count};
        if (std::ranges::find(outcome.too_small, small) == outcome.too_small.end()) outcome.too_small.push_back(small);
        continue;
      }
      outcome.figures.push_back(
          figure_of_slice(question, slice, question.by.empty() ? rows : select_rows(rows, places)));
    }
    correct_slices(std::span{outcome.figures}.subspan(before));
  }

 private:
  ComparedFigure figure_of_slice(const PredictionCondition& question, const std::string& slice,
                                 const MetricRows& rows) const {
    const domain::PredictionMetric& metric = *domain::find_prediction_metric(question.metric);
    const MetricEstimate found = estimate_metric(
        question.metric, rows, {.confidence = recipe_.confidence, .seed = static_cast<std::uint64_t>(recipe_.seed)});
    ComparedFigure figure;
    figure.metric = name_of_question(question);
    figure.higher_is_better = metric.higher_is_better;
    figure.slice = slice;
    figure.count = found.count;
    figure.of_queries = !rows.queries.empty() && rows.clusters.empty();
    if (request_.cluster) figure.clusters = found.clusters;
    figure.challenger = found.value;
    figure.champion = *found.held;
    figure.interval = found.interval;
    figure.method = found.method;
    figure.test = found.test;
    figure.why = found.why;
    figure.p_value = found.p_value && std::isfinite(*found.p_value) ? found.p_value : std::nullopt;
    figure.rank_p = found.rank_p;
    judge(figure);
    if (!slice.empty() && !has_few_clusters(figure)) figure.short_p = short_p_of(question, figure, rows);
    return figure;
  }

  [[nodiscard]] double short_p_of(const PredictionCondition& question, const ComparedFigure& figure,
                                  const MetricRows& rows) const {
    const double sign = figure.higher_is_better ? 1 : -1;
    const EstimateOptions options{
        .confidence = recipe_.confidence, .seed = static_cast<std::uint64_t>(recipe_.seed), .bound = sign * least_};
    const MetricEstimate found = estimate_metric(question.metric, rows, options);
    return p_of_falling_short(sign * (figure.challenger - figure.champion) - least_, found.p_value.value_or(1));
  }

  // Of several slices one fails only when that stands after the correction for their number, as in a gate.
  void correct_slices(std::span<ComparedFigure> slices) const {
    std::vector<double> p_values;
    for (const ComparedFigure& slice : slices) {
      if (slice.short_p) p_values.push_back(*slice.short_p);
    }
    if (p_values.size() < 2) return;
    const std::vector<double> adjusted = stats::holm(p_values);
    std::size_t next = 0;
    for (ComparedFigure& slice : slices) {
      if (!slice.short_p) continue;
      slice.adjusted_short_p = adjusted[next++];
      if (slice.result != VerdictResult::failed) continue;
      const std::string figures = fmt::format(" (p {}, {} by Holm for {} slices)", p_text(*slice.short_p),
                                              p_text(*slice.adjusted_short_p), p_values.size());
      if (*slice.adjusted_short_p <= (1 - recipe_.confidence) / 2) {
        slice.reason += figures;
        continue;
      }
      slice.result = VerdictResult::inconclusive;
      slice.reason = shortfall_text(request_.asked) +
                     " by its own interval, but one of several slices may be so by chance" + figures;
    }
  }

  void judge(ComparedFigure& figure) const {
    const stats::Interval oriented =
        figure.higher_is_better ? figure.interval : stats::Interval{-figure.interval.high, -figure.interval.low};
    figure.result = request_.asked.judge(oriented);
    if (has_few_clusters(figure)) {
      figure.result = VerdictResult::inconclusive;
      figure.reason = fmt::format("{} clusters are too few to tell how they vary: from {} on they are judged",
                                  *figure.clusters, fewest_clusters);
      return;
    }
    const double sign = figure.higher_is_better ? 1 : -1;
    const Settling settling = what_would_settle(
        oriented, figure.count, sign * (figure.challenger - figure.champion) - least_, recipe_.confidence);
    figure.detectable = settling.detectable;
    // An interval that is wider on one side may ask for fewer rows than there are: that tells nothing.
    if (settling.rows && *settling.rows > figure.count) figure.rows_needed = settling.rows;
    figure.reason = reason_of(figure, request_.asked);
  }

  const CompareRequest& request_;
  const PredictionColumns& own_;
  const PredictionColumns& held_;
  const domain::PredictionRecipe& recipe_;
  double least_;
};

void adjust_p_values(std::vector<ComparedFigure>& figures) {
  std::vector<double> p_values;
  for (const ComparedFigure& figure : figures) {
    if (figure.p_value) p_values.push_back(*figure.p_value);
  }
  if (p_values.size() < 2) return;
  const std::vector<double> adjusted = stats::holm(p_values);
  std::size_t next = 0;
  for (ComparedFigure& figure : figures) {
    if (figure.p_value) figure.adjusted_p = adjusted[next++];
  }
}

}  // namespace

double Asked::least() const {
  if (margin && gain) throw Error{ErrorKind::usage, "`--margin` and `--gain` exclude each other"};
  if (margin) return stats::non_inferior_by(*margin).least;
  return gain ? stats::better_by(*gain).least : 0;
}

VerdictResult Asked::judge(const stats::Interval& difference) const {
  using domain::Comparison;
  const auto holds = [&](Comparison comparison) {
    return domain::holds_between(difference.low, difference.high, comparison, least());
  };
  if (holds(Comparison::greater) == true) return VerdictResult::passed;
  return holds(Comparison::greater_equal) == false ? VerdictResult::failed : VerdictResult::inconclusive;
}

VerdictResult CompareOutcome::result() const {
  const auto is = [this](VerdictResult wanted) {
    return std::ranges::any_of(figures, [&](const ComparedFigure& figure) { return figure.result == wanted; });
  };
  if (is(VerdictResult::failed)) return VerdictResult::failed;
  return is(VerdictResult::inconclusive) || figures.empty() ? VerdictResult::inconclusive : VerdictResult::passed;
}

CompareOutcome compare(const Context& context, const CompareRequest& request) {
  (void)request.asked.least();
  std::vector<PredictionCondition> questions;
  for (const std::string& text : request.metrics) questions.push_back(question_of(text, request));

  const auto compared = predictions_to_compare(context, request);
  const PredictionColumns own{*compared->challenger, compared->recipe};
  const PredictionColumns held{*compared->champion, own};
  // A column that was named is meant, whichever metric follows from the others.
  for (const auto& [role, name] : request.columns) {
    own.demand(name);
    held.demand(name);
  }
  if (questions.empty()) {
    for (const std::string& name : usual_metrics(own, held)) questions.push_back(question_of(name, request));
  }
  CompareOutcome outcome;
  outcome.challenger = compared->challenger->name;
  outcome.champion = compared->champion->name;
  outcome.challenger_predictions = compared->challenger->digest.text();
  outcome.champion_predictions = compared->champion->digest.text();
  if (!request.are_files || request.data) outcome.data = compared->challenger->data.text();
  outcome.rows = own.rows();
  outcome.asked = request.asked;
  outcome.cluster = request.cluster;
  outcome.confidence = compared->recipe.confidence;
  outcome.seed = compared->recipe.seed;
  const Comparer comparer{request, own, held};
  for (const PredictionCondition& question : questions) {
    if (context.interrupted && context.interrupted()) {
      throw Error{ErrorKind::interrupted, "interrupted while predictions were compared"};
    }
    comparer.compare(question, outcome);
  }
  adjust_p_values(outcome.figures);
  return outcome;
}

}  // namespace mlops::app
