#include <mlops/app/monitor_check.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "monitor_health.hpp"
#include "monitor_holdout.hpp"
#include "monitor_join.hpp"
#include "monitor_performance.hpp"
#include "monitor_reference.hpp"
#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

using domain::CheckResult;

constexpr std::size_t most_history = 60;
// A batch may be half of the expected time late before it is told.
constexpr double late_after = 1.5;

CheckResult result_of_interval(const stats::Interval& interval, const domain::PredictionCondition& condition) {
  const auto holds = domain::holds_between(interval.low, interval.high, condition.comparison, condition.value);
  if (!holds) return CheckResult::inconclusive;
  return *holds ? CheckResult::passed : CheckResult::failed;
}

// A batch, and what it is asked about.
struct AskedBatch {
  const domain::Batch* batch = nullptr;
  bool predictions = false;
  std::vector<std::uint8_t> counts;  // of its inputs; empty when these are not asked about
};

// The newest that have inputs, and the newest that have predictions: a batch with one of both hides no other.
std::vector<AskedBatch> newest_of_each(store::ReadTransaction& view, const std::vector<domain::Batch>& batches,
                                       std::size_t last) {
  std::vector<AskedBatch> all;
  std::size_t with_inputs = 0;
  std::size_t with_predictions = 0;
  for (const domain::Batch& batch : batches) {
    if (with_inputs == last && with_predictions == last) break;
    const bool asks_inputs = batch.counts && with_inputs < last;
    const bool asks_predictions = batch.predictions && with_predictions < last;
    if (!asks_inputs && !asks_predictions) continue;
    all.push_back({.batch = &batch, .predictions = asks_predictions, .counts = {}});
    if (asks_inputs) all.back().counts = view.batch_counts(batch.id);
    with_inputs += asks_inputs ? 1 : 0;
    with_predictions += asks_predictions ? 1 : 0;
  }
  return all;
}

class VersionCheck {
 public:
  VersionCheck(Workspace& workspace, const HealthRequest& request)
      : workspace_{workspace}, request_{request}, policy_{gate_policy(workspace)} {
    const auto view = workspace_.read();
    outcome_.version = resolve(*view, request_.reference);
    outcome_.at = workspace_.now();
    seen_ = state_of(*view, outcome_.version);
    outcome_.reference = view->monitor_reference(outcome_.version);
    outcome_.holdout = seen_.holdout;
    asked_ = newest_of_each(*view, seen_.batches, request_.last);
    held_since_ = since(*view);
    recipe_ = prediction_recipe(policy_.policy, outcome_.version.model);
    features_ = feature_rules(policy_.policy, outcome_.version.model);
    watched_ = watched_conditions(policy_.policy, outcome_.version.model);
    outcome_.stage = watched_.stage;
  }

  HealthOutcome check() {
    look_for_silence();
    if (outcome_.reference) frozen_ = load_frozen(workspace_, *outcome_.reference);
    load_base();
    for (const AskedBatch& asked : asked_) check_batch(asked);
    const std::size_t told = std::min(most_history, seen_.batches.size());
    outcome_.history.assign(seen_.batches.begin(), seen_.batches.begin() + static_cast<std::ptrdiff_t>(told));
    std::ranges::reverse(outcome_.history);
    std::ranges::stable_sort(outcome_.findings, std::ranges::greater{}, &MonitorFinding::is_bad);
    return std::move(outcome_);
  }

 private:
  // From when on it is expected to be asked: since it holds the watched stage.
  std::optional<Timestamp> since(store::ReadTransaction& view) {
    const domain::MonitorRules rules = monitor_rules(policy_.policy, outcome_.version.model);
    const std::string stage = rules.stage.value_or(policy_.policy.stages.back());
    const auto holding = view.holding(outcome_.version.model, stage);
    return holding && holding->version == outcome_.version.number ? std::optional{holding->at} : std::nullopt;
  }

  void look_for_silence() {
    const auto every = monitor_rules(policy_.policy, outcome_.version.model).every_ms;
    if (seen_.batches.empty() && (!every || !held_since_)) {
      throw Error{ErrorKind::not_found,
                  fmt::format("there are no batches of {} yet", outcome_.version.text()),
                  {fmt::format("`mlops monitor record {} --data FILE` records one", outcome_.version.text())}};
    }
    if (!every) return;
    const Timestamp last = seen_.batches.empty() ? *held_since_ : seen_.batches.front().at;
    const auto silence = workspace_.now().milliseconds - last.milliseconds;
    if (static_cast<double>(silence) <= late_after * static_cast<double>(*every)) return;
    const std::string what = seen_.batches.empty()
                                 ? fmt::format("no data since it holds the stage, for {}", duration_text(silence))
                                 : fmt::format("no data for {}, and a batch is expected every {}",
                                               duration_text(silence), duration_text(*every));
    outcome_.findings.push_back({.kind = "stopped", .is_bad = true, .batch = 0, .column = "", .what = what});
  }

  void load_base() {
    base_ = prediction_base(seen_);
    if (std::ranges::none_of(asked_, &AskedBatch::predictions) || !base_.object) return;
    base_rows_ = load_predictions_object(workspace_, *base_.object);
    if (!seen_.holdout) {
      why_no_estimate_ = "there are no predictions of a holdout to calibrate on";
      return;
    }
    try {
      estimator_.emplace(*base_rows_, recipe_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      why_no_estimate_ = error.message();
    }
  }

  void check_batch(const AskedBatch& asked) {
    CheckedBatch checked;
    checked.batch = *asked.batch;
    if (!asked.counts.empty()) {
      const BatchCounts counts = unpacked(*frozen_, asked.counts);
      checked.drift = drift_of_inputs(*frozen_, counts, features_);
      checked.columns = column_health(*frozen_, counts, features_);
    }
    if (asked.predictions) check_predictions(checked);
    for (MonitorFinding& finding : findings_of(checked)) outcome_.findings.push_back(std::move(finding));
    outcome_.batches.push_back(std::move(checked));
  }

  void check_predictions(CheckedBatch& checked) {
    const KeptPredictions kept = load_predictions_object(workspace_, checked.batch.predictions->object);
    if (!seen_.holdout && base_.batch == checked.batch.id) {
      checked.predictions_against = "these are the first predictions, and there are none of a holdout";
    } else {
      try {
        checked.prediction_drift = prediction_drift(*base_rows_, kept);
        checked.predictions_against = base_.name;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage) throw;
        checked.predictions_against = error.message();
      }
    }
    for (const auto& condition : watched_.conditions) checked.conditions.push_back(ask(condition, kept));
  }

  WatchedCondition ask(const domain::Compound<domain::PredictionCondition>& condition, const KeptPredictions& kept) {
    WatchedCondition asked{.condition = condition.text, .parts = {}};
    std::vector<CheckResult> results;
    for (const domain::PredictionCondition& part : condition.parts) {
      asked.parts.push_back(ask_part(part, kept));
      results.push_back(asked.parts.back().result);
    }
    asked.result = domain::result_of(condition.whole, results);
    return asked;
  }

  WatchedPart ask_part(const domain::PredictionCondition& condition, const KeptPredictions& kept) {
    WatchedPart part;
    part.metric = condition.metric;
    part.source = kept.known() > 0 ? "outcomes" : "estimate";
    try {
      if (kept.known() > 0) {
        const MetricEstimate estimate = estimate_of_kept(kept, condition, recipe_);
        part.value = estimate.value;
        part.interval = estimate.interval;
        part.count = estimate.count;
      } else if (!estimator_) {
        part.result = CheckResult::skipped;
        part.reason = why_no_estimate_;
        return part;
      } else if (condition.label && *condition.label != estimator_->positive()) {
        part.result = CheckResult::skipped;
        part.reason = fmt::format("estimates are about the class `{}`", printable(estimator_->positive()));
        return part;
      } else {
        const UnlabelledEstimate estimate = estimator_->estimate(kept, condition.metric);
        part.value = estimate.value;
        part.interval = estimate.interval;
        part.count = static_cast<std::int64_t>(kept.rows());
      }
      part.result = result_of_interval(*part.interval, condition);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      part.result = kept.known() > 0 ? CheckResult::error : CheckResult::skipped;
      part.reason = error.message();
    }
    return part;
  }

  Workspace& workspace_;
  const HealthRequest& request_;
  PolicySource policy_;
  SeenState seen_;
  std::vector<AskedBatch> asked_;
  std::optional<Timestamp> held_since_;
  domain::PredictionRecipe recipe_;
  FeatureRules features_;
  WatchedConditions watched_;
  std::optional<FrozenReference> frozen_;
  PredictionBase base_;
  std::optional<KeptPredictions> base_rows_;
  std::optional<PerformanceEstimator> estimator_;
  std::string why_no_estimate_;
  HealthOutcome outcome_;
};

}  // namespace

bool HealthOutcome::is_healthy() const { return std::ranges::none_of(findings, &MonitorFinding::is_bad); }

HealthOutcome check_version(Workspace& workspace, const HealthRequest& request) {
  return VersionCheck{workspace, request}.check();
}

}  // namespace mlops::app
