#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <mlops/app/monitor.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "batch_counts.hpp"
#include "data_source.hpp"
#include "monitor_holdout.hpp"
#include "monitor_inputs.hpp"
#include "monitor_join.hpp"
#include "monitor_reference.hpp"
#include "monitor_time.hpp"
#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr int most_attempts = 10;

// A table that was read, and what tells that it comes again.
template <typename Content>
struct Arrived {
  std::string source;
  Digest content;
  Content rows;
};

class Recorder {
 public:
  Recorder(Workspace& workspace, const RecordRequest& request)
      : workspace_{workspace}, request_{request}, policy_{gate_policy(workspace)} {
    const auto view = workspace_.read();
    version_ = load(*view, resolve_explicit(*view, request_.reference));
    recipe_ = prediction_recipe(policy_.policy, version_.id.model);
    at_ = time_of_batch(workspace_, request_.at);
    warn_of_clock(workspace_, *view, version_.id);
  }

  RecordOutcome record() {
    read_inputs();
    read_predictions_and_outcomes();
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      if (try_to_keep()) return std::move(outcome_);
    }
    throw Error{ErrorKind::unavailable,
                fmt::format("others keep recording batches of {}: nothing was recorded", version_.id.text()),
                {"try again"}};
  }

 private:
  void read_inputs() {
    if (!request_.data) return;
    const DataSource data = open_data(workspace_.context(), *request_.data);
    Arrived<BatchCounts> inputs{.source = data.dataset.value_or(request_.data->data),
                                .content = digest_of_table(workspace_, *request_.data, data.digest),
                                .rows = {}};
    held_ = hold_reference(workspace_, version_, monitor_rules(policy_.policy, version_.id.model),
                           request_.held_against, request_.dry_run);
    if (!workspace_.read()->find_batch(version_.id, inputs.content)) {
      inputs.rows = count_batch(held_->frozen, *data.bytes, data.options);
      refuse_empty(inputs.rows.rows, *request_.data);
    }
    inputs_ = std::move(inputs);
  }

  template <typename Content>
  Arrived<Content> arrived(const DataRequest& request,
                           Content (*read)(const DataSource&, const domain::PredictionRecipe&)) {
    const DataSource source = open_data(workspace_.context(), request);
    return {.source = source.dataset.value_or(request.data),
            .content = digest_of_table(workspace_, request, source.digest),
            .rows = read(source, recipe_)};
  }

  void read_predictions_and_outcomes() {
    if (request_.predictions) {
      predictions_ = arrived(*request_.predictions, read_predictions);
      refuse_empty(predictions_->rows.rows(), *request_.predictions);
      tell_repeated(predictions_->rows.repeated, *request_.predictions);
    }
    if (request_.outcomes) {
      outcomes_ = arrived(*request_.outcomes, read_outcomes);
      refuse_empty(outcomes_->rows.ids.size(), *request_.outcomes);
      tell_repeated(outcomes_->rows.repeated, *request_.outcomes);
    }
    new_holdout_ = holdout_of_version();
  }

  static void refuse_empty(std::uint64_t rows, const DataRequest& request) {
    if (rows > 0) return;
    throw Error{ErrorKind::usage, fmt::format("{} has no rows: nothing to record", printable(request.data))};
  }

  void tell_repeated(std::uint64_t repeated, const DataRequest& request) {
    if (repeated == 0) return;
    workspace_.context().warn(
        fmt::format("{} tells some ids more than once: the last row of each counts", printable(request.data)));
  }

  // The version's own predictions, made once, when its first predictions arrive.
  std::optional<HoldoutPredictions> holdout_of_version() {
    if (request_.holdout) return read_holdout(workspace_, *request_.holdout, version_.id, recipe_, request_.dry_run);
    const bool is_wanted = predictions_ && !request_.dry_run && !workspace_.read()->monitor_holdout(version_.id);
    return is_wanted ? make_holdout(workspace_, policy_, version_) : std::nullopt;
  }

  // False when the version's batches changed meanwhile: then all is joined anew.
  bool try_to_keep() {
    outcome_ = {};
    outcome_.version = version_.id;
    changed_.clear();
    new_batch_.reset();
    {
      const auto view = workspace_.read();
      seen_ = look(*view);
    }
    prepare_outcomes();
    prepare_batch();
    join_all();
    if (request_.dry_run) {
      tell_dry_run();
      return true;
    }
    return write();
  }

  // Inputs alone don't depend on what else was recorded.
  SeenState look(store::ReadTransaction& view) {
    if (predictions_ || outcomes_ || new_holdout_) return state_of(view, version_.id);
    SeenState seen;
    if (auto known = view.find_batch(version_.id, inputs_->content)) seen.batches.push_back(*std::move(known));
    return seen;
  }

  void prepare_outcomes() {
    if (!outcomes_) return;
    RecordedOutcomes recorded;
    for (const domain::Outcomes& known : seen_.outcomes) {
      if (known.content != outcomes_->content) continue;
      recorded.outcomes = known;
      recorded.is_new = false;
    }
    if (recorded.is_new) {
      recorded.outcomes.version = version_.id;
      recorded.outcomes.source = outcomes_->source;
      recorded.outcomes.content = outcomes_->content;
      recorded.outcomes.rows = outcomes_->rows.ids.size();
      recorded.outcomes.object = keep(to_csv(outcomes_->rows));
    }
    outcome_.outcomes = std::move(recorded);
  }

  const domain::Batch* seen_with(const Digest& content) const {
    const auto found = std::ranges::find_if(seen_.batches, [&](const domain::Batch& batch) {
      return batch.content == content || (batch.predictions && batch.predictions->content == content);
    });
    return found == seen_.batches.end() ? nullptr : &*found;
  }

  // What the inputs or predictions of this command belong to: a batch that is there, or a new one.
  void prepare_batch() {
    if (!inputs_ && !predictions_) return;
    const domain::Batch* const known = seen_with(inputs_ ? inputs_->content : predictions_->content);
    if (known == nullptr) {
      new_batch_ = domain::Batch{};
      new_batch_->version = version_.id;
      new_batch_->source = inputs_ ? inputs_->source : predictions_->source;
      new_batch_->content = inputs_ ? inputs_->content : predictions_->content;
      new_batch_->rows = inputs_ ? inputs_->rows.rows : predictions_->rows.rows();
      new_batch_->at = at_;
      if (inputs_) {
        const FeatureRules features = feature_rules(policy_.policy, version_.id.model);
        const DriftOutcome drift = drift_of_inputs(held_->frozen, inputs_->rows, features);
        new_batch_->figures = input_figures(held_->frozen, inputs_->rows, features, drift);
      }
      return;
    }
    outcome_.batches.push_back({*known, false});
    if (!predictions_) return;
    if (!known->predictions) {
      changed_.emplace_back(*known, predictions_->rows);
      return;
    }
    if (known->predictions->content == predictions_->content) return;
    throw Error{ErrorKind::conflict,
                fmt::format("batch {} of {} has other predictions already", known->id, version_.id.text()),
                {"what a model has answered does not change; leave `--predictions` out"}};
  }

  void join_all() {
    std::optional<KeptPredictions> holdout;
    if (new_holdout_) {
      holdout = new_holdout_->rows;
    } else if (seen_.holdout && (predictions_ || outcomes_)) {
      holdout = load_predictions_object(workspace_, seen_.holdout->predictions);
    }
    BatchMeasurer measurer{workspace_, recipe_, seen_, std::move(holdout)};
    join_older(measurer);
    for (auto& [batch, kept] : changed_) {
      if (batch.predictions) continue;
      take_predictions(batch, kept);
      measurer.measure(batch, kept);
      for (RecordedBatch& recorded : outcome_.batches) {
        if (recorded.batch.id == batch.id) recorded.batch = batch;
      }
    }
    if (new_batch_ && predictions_) {
      KeptPredictions kept = predictions_->rows;
      take_predictions(*new_batch_, kept);
      measurer.measure(*new_batch_, kept);
    }
    if (predictions_ || outcomes_ || new_holdout_) outcome_.why_no_estimate = measurer.why_no_estimate();
  }

  // Batches of before: new truths may be theirs, and the first holdout makes estimates possible.
  void join_older(BatchMeasurer& measurer) {
    const bool has_truths = outcome_.outcomes && outcome_.outcomes->is_new;
    if (!has_truths && !new_holdout_) return;
    std::vector<domain::Batch> measured;
    for (const domain::Batch& before : seen_.batches) {
      if (!before.predictions) continue;
      KeptPredictions kept = load_predictions_object(workspace_, before.predictions->object);
      Joined joined;
      if (has_truths) joined = join_outcomes(kept, outcomes_->rows);
      if (joined.added + joined.changed == 0 && !new_holdout_) continue;
      domain::Batch batch = before;
      batch.predictions->known = kept.known();
      batch.predictions->object = keep(to_csv(kept));
      measurer.measure(batch, kept);
      if (has_truths) add_joined(joined);
      if (batch != before) measured.push_back(std::move(batch));
    }
    for (domain::Batch& batch : measured) changed_.emplace_back(std::move(batch), KeptPredictions{});
  }

  void add_joined(const Joined& joined) {
    outcome_.outcomes->added += joined.added;
    outcome_.outcomes->changed += joined.changed;
  }

  // Truths that came before their predictions are joined now, in the order in which they came.
  void take_predictions(domain::Batch& batch, KeptPredictions& kept) {
    for (const domain::Outcomes& known : seen_.outcomes) {
      (void)join_outcomes(kept, load_outcomes_object(workspace_, known.object));
    }
    if (outcome_.outcomes && outcome_.outcomes->is_new) add_joined(join_outcomes(kept, outcomes_->rows));
    batch.predictions = domain::BatchPredictions{
        .content = predictions_->content, .object = keep(to_csv(kept)), .rows = kept.rows(), .known = kept.known()};
  }

  Digest keep(const std::string& bytes) {
    return request_.dry_run ? sha256(bytes) : workspace_.artifacts().put_bytes(bytes).digest;
  }

  void tell_dry_run() {
    const auto stamp = [&](auto& at, std::string& by) {
      at = workspace_.now();
      by = workspace_.origin().actor;
    };
    if (new_batch_) {
      stamp(new_batch_->recorded_at, new_batch_->recorded_by);
      outcome_.batches.push_back({*std::move(new_batch_), true});
      if (held_ && !held_->is_kept) outcome_.kept_reference = held_->record;
    }
    if (outcome_.outcomes && outcome_.outcomes->is_new) {
      stamp(outcome_.outcomes->outcomes.at, outcome_.outcomes->outcomes.by);
    }
    if (new_holdout_ && !seen_.holdout) outcome_.kept_holdout = new_holdout_->record;
    for (auto& [batch, kept] : changed_) note_measured(std::move(batch));
  }

  // Those that this command did not name.
  void note_measured(domain::Batch batch) {
    const bool is_named = std::ranges::any_of(
        outcome_.batches, [&](const RecordedBatch& recorded) { return recorded.batch.id == batch.id; });
    if (!is_named) outcome_.measured.push_back(std::move(batch));
  }

  bool write() {
    const auto transaction = workspace_.write();
    if (look(transaction->view()) != seen_) return false;
    const bool was_held = transaction->view().monitor_reference(version_.id).has_value();
    if (new_holdout_) {
      const domain::MonitorHoldout holdout = transaction->keep_holdout(new_holdout_->record);
      if (!seen_.holdout) outcome_.kept_holdout = holdout;
    }
    if (new_batch_) {
      if (inputs_) {
        const domain::MonitorReference reference = transaction->keep_reference(held_->record);
        if (!was_held) outcome_.kept_reference = reference;
      }
      const auto counts = inputs_ ? packed(inputs_->rows) : std::vector<std::uint8_t>{};
      outcome_.batches.push_back({transaction->add_batch(*new_batch_, counts), true});
    }
    if (outcome_.outcomes && outcome_.outcomes->is_new) {
      outcome_.outcomes->outcomes = transaction->add_outcomes(outcome_.outcomes->outcomes);
    }
    for (auto& [batch, kept] : changed_) note_measured(transaction->update_batch(batch));
    transaction->commit();
    return true;
  }

  Workspace& workspace_;
  const RecordRequest& request_;
  PolicySource policy_;
  domain::Version version_;
  domain::PredictionRecipe recipe_;
  Timestamp at_;

  std::optional<HeldReference> held_;
  std::optional<Arrived<BatchCounts>> inputs_;
  std::optional<Arrived<KeptPredictions>> predictions_;
  std::optional<Arrived<KeptOutcomes>> outcomes_;
  std::optional<HoldoutPredictions> new_holdout_;

  // Of one attempt.
  SeenState seen_;
  std::optional<domain::Batch> new_batch_;
  std::vector<std::pair<domain::Batch, KeptPredictions>> changed_;
  RecordOutcome outcome_;
};

}  // namespace

RecordOutcome record(Workspace& workspace, const RecordRequest& request) {
  return Recorder{workspace, request}.record();
}

}  // namespace mlops::app
