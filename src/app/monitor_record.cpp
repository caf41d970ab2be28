#include <fmt/core.h>

#include <mlops/app/monitor.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "batch_counts.hpp"
#include "data_source.hpp"
#include "monitor_inputs.hpp"
#include "monitor_reference.hpp"
#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

// Clocks of two machines may differ by so much.
constexpr std::int64_t tolerated_ahead_ms = std::int64_t{5} * 60 * 1000;

class Recorder {
 public:
  Recorder(Workspace& workspace, const RecordRequest& request)
      : workspace_{workspace}, request_{request}, policy_{gate_policy(workspace).policy} {
    const auto view = workspace_.read();
    version_ = load(*view, resolve_explicit(*view, request_.reference));
    outcome_.version = version_.id;
    at_ = time_of_data();
    warn_of_clock(*view);
  }

  RecordOutcome record() {
    if (request_.data) record_inputs(*request_.data);
    return std::move(outcome_);
  }

 private:
  Timestamp time_of_data() {
    const Timestamp now = workspace_.now();
    if (!request_.at) return now;
    const auto at = parse_time(*request_.at, now);
    if (!at) {
      throw Error{ErrorKind::usage,
                  fmt::format("`--at {}` is not a time", printable(*request_.at)),
                  {"write a time (2026-11-01T09:30:00Z), a date (2026-11-01) or a span before now (3h)"}};
    }
    if (*at <= now) return *at;
    if (at->milliseconds - now.milliseconds <= tolerated_ahead_ms) {
      workspace_.context().warn(
          fmt::format("`--at {}` lies ahead of this machine's clock: recorded as of now", printable(*request_.at)));
      return now;
    }
    // Today's date means its end, which is not over.
    const bool is_today = rfc3339(*at).substr(0, 10) == rfc3339(now).substr(0, 10) && request_.at->size() == 10;
    if (is_today) return now;
    throw Error{ErrorKind::usage,
                fmt::format("`--at {}` lies in the future", printable(*request_.at)),
                {fmt::format("this machine's clock says {}", rfc3339(now))}};
  }

  void warn_of_clock(store::ReadTransaction& view) {
    for (const domain::Batch& batch : view.batches(version_.id, 1)) {
      if (batch.recorded_at.milliseconds - workspace_.now().milliseconds <= tolerated_ahead_ms) continue;
      workspace_.context().warn(
          fmt::format("the clock stands before batch {}, which was recorded at {}: batches are in "
                      "the order of their times",
                      batch.id, rfc3339(batch.recorded_at)));
    }
  }

  [[nodiscard]] const domain::MonitorRules& rules() const {
    static const domain::MonitorRules none;
    const auto found = policy_.models.find(version_.id.model);
    return found == policy_.models.end() ? none : found->second.monitor;
  }

  void record_inputs(const DataRequest& request) {
    const DataSource data = open_data(workspace_.context(), request);
    const Digest content = digest_of_table(workspace_, request, data.digest);
    const HeldReference held = hold_reference(workspace_, version_, rules(), request_.held_against, request_.dry_run);
    if (auto known = workspace_.read()->find_batch(version_.id, content)) {
      outcome_.batches.push_back({*std::move(known), false});
      return;
    }
    const BatchCounts counts = count_batch(held.frozen, *data.bytes, data.options);
    if (counts.rows == 0) {
      throw Error{ErrorKind::usage, fmt::format("{} has no rows: nothing to record", printable(request.data))};
    }
    domain::Batch batch;
    batch.version = version_.id;
    batch.source = data.dataset.value_or(request.data);
    batch.content = content;
    batch.at = at_;
    keep(held, counts, std::move(batch));
  }

  void keep(const HeldReference& held, const BatchCounts& counts, domain::Batch batch) {
    const FeatureRules features = feature_rules(policy_, version_.id.model);
    batch.rows = counts.rows;
    batch.figures = input_figures(held.frozen, counts, features, drift_of_inputs(held.frozen, counts, features));
    if (request_.dry_run) {
      if (!held.is_kept) outcome_.kept_reference = held.record;
      batch.recorded_at = workspace_.now();
      batch.recorded_by = workspace_.origin().actor;
      outcome_.batches.push_back({std::move(batch), true});
      return;
    }
    const auto transaction = workspace_.write();
    // Another process may have recorded the same meanwhile.
    if (auto known = transaction->view().find_batch(version_.id, batch.content)) {
      outcome_.batches.push_back({*std::move(known), false});
      return;
    }
    const bool was_kept = transaction->view().monitor_reference(version_.id).has_value();
    const domain::MonitorReference reference = transaction->keep_reference(held.record);
    batch = transaction->add_batch(std::move(batch), packed(counts));
    transaction->commit();
    if (!was_kept) outcome_.kept_reference = reference;
    outcome_.batches.push_back({std::move(batch), true});
  }

  Workspace& workspace_;
  const RecordRequest& request_;
  domain::Policy policy_;
  domain::Version version_;
  Timestamp at_;
  RecordOutcome outcome_;
};

}  // namespace

RecordOutcome record(Workspace& workspace, const RecordRequest& request) {
  return Recorder{workspace, request}.record();
}

BatchListOutcome list_batches(Workspace& workspace, const std::string& reference, std::size_t limit) {
  const auto view = workspace.read();
  BatchListOutcome outcome;
  outcome.version = resolve_ever(*view, reference);
  outcome.reference = view->monitor_reference(outcome.version);
  outcome.batches = view->batches(outcome.version, limit);
  return outcome;
}

std::vector<domain::BatchFacts> batch_facts(store::ReadTransaction& view, const domain::VersionId& version,
                                            std::size_t limit) {
  std::vector<domain::BatchFacts> facts;
  for (domain::Batch& batch : view.batches(version, limit)) {
    facts.push_back({.batch = batch.id,
                     .version = std::move(batch.version),
                     .at = batch.at,
                     .recorded_at = batch.recorded_at,
                     .rows = batch.rows,
                     .figures = std::move(batch.figures)});
  }
  return facts;
}

}  // namespace mlops::app
