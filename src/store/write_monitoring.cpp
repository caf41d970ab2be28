#include <utility>

#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>

#include "present.hpp"

namespace mlops::store {

domain::MonitorReference WriteTransaction::keep_reference(domain::MonitorReference reference) {
  present(view(), reference.version);
  if (auto known = view().monitor_reference(reference.version)) {
    if (known->frozen == reference.frozen) return *std::move(known);
    throw Error{ErrorKind::conflict, fmt::format("{} is held against {} already, since {}", reference.version.text(),
                                                 known->source, rfc3339(known->at))};
  }
  reference.at = now_;
  reference.by = origin_.actor;
  do_insert_reference(reference);
  record("monitor.reference_kept", domain::subject_of(reference), {}, domain::to_json(reference));
  return reference;
}

domain::MonitorHoldout WriteTransaction::keep_holdout(domain::MonitorHoldout holdout) {
  present(view(), holdout.version);
  if (auto known = view().monitor_holdout(holdout.version)) {
    if (known->predictions == holdout.predictions) return *std::move(known);
    throw Error{ErrorKind::conflict, fmt::format("{} has predictions of a holdout already: those of {}, since {}",
                                                 holdout.version.text(), known->source, rfc3339(known->at))};
  }
  holdout.at = now_;
  holdout.by = origin_.actor;
  do_insert_holdout(holdout);
  record("monitor.holdout_kept", domain::subject_of(holdout), {}, domain::to_json(holdout));
  return holdout;
}

domain::Batch WriteTransaction::add_batch(domain::Batch batch, const std::vector<std::uint8_t>& counts) {
  present(view(), batch.version);
  if (const auto known = view().find_batch(batch.version, batch.content)) {
    throw Error{ErrorKind::conflict,
                fmt::format("the same data is batch {} of {} already, recorded at {} by {}", known->id,
                            batch.version.text(), rfc3339(known->recorded_at), known->recorded_by)};
  }
  batch.counts = counts.empty() ? std::nullopt : std::optional{domain::digest_of_counts(counts)};
  batch.recorded_at = now_;
  batch.recorded_by = origin_.actor;
  batch.id = do_insert_batch(batch, counts);
  record("monitor.batch_recorded", domain::subject_of(batch), {}, domain::event_state(batch));
  return batch;
}

domain::Batch WriteTransaction::update_batch(domain::Batch batch) {
  const auto before = view().batch(batch.id);
  if (!before) throw Error{ErrorKind::not_found, fmt::format("there is no batch {} in the registry", batch.id)};
  domain::Batch after = *before;
  after.predictions = batch.predictions;
  after.figures = std::move(batch.figures);
  if (after == *before) return after;
  do_update_batch(after);
  record("monitor.batch_measured", domain::subject_of(after), domain::event_state(*before), domain::event_state(after));
  return after;
}

domain::Outcomes WriteTransaction::add_outcomes(domain::Outcomes outcomes) {
  present(view(), outcomes.version);
  for (const domain::Outcomes& known : view().outcomes(outcomes.version)) {
    if (known.content != outcomes.content) continue;
    throw Error{ErrorKind::conflict, fmt::format("the same outcomes of {} were recorded at {} by {}",
                                                 outcomes.version.text(), rfc3339(known.at), known.by)};
  }
  outcomes.at = now_;
  outcomes.by = origin_.actor;
  outcomes.id = do_insert_outcomes(outcomes);
  record("monitor.outcomes_recorded", domain::subject_of(outcomes), {}, domain::to_json(outcomes));
  return outcomes;
}

}  // namespace mlops::store
