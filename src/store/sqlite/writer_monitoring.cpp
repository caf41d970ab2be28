#include <mlops/domain/event.hpp>
#include <mlops/domain/monitoring.hpp>

#include "writer.hpp"

namespace mlops::store::sqlite {

void Writer::do_insert_reference(const domain::MonitorReference& reference) {
  database_.run(
      "INSERT INTO monitor_reference(version_id, source, data, row_count, column_count, frozen, at, actor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      version_id(reference.version), reference.source, reference.data, reference.rows, reference.columns,
      reference.frozen, reference.at, reference.by);
}

void Writer::do_insert_holdout(const domain::MonitorHoldout& holdout) {
  database_.run(
      "INSERT INTO monitor_holdout(version_id, source, content, predictions, row_count, at, actor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      version_id(holdout.version), holdout.source, holdout.content, holdout.predictions, holdout.rows, holdout.at,
      holdout.by);
}

std::int64_t Writer::do_insert_batch(const domain::Batch& batch, const std::vector<std::uint8_t>& counts) {
  database_.run(
      "INSERT INTO batch(version_id, source, content, row_count, data_at, figures, at, actor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      version_id(batch.version), batch.source, batch.content, batch.rows, batch.at, domain::to_json(batch.figures),
      batch.recorded_at, batch.recorded_by);
  domain::Batch numbered = batch;
  numbered.id = database_.last_id();
  if (batch.counts) {
    database_.run("INSERT INTO batch_counts(batch, digest, counts) VALUES (?, ?, ?)", numbered.id, *batch.counts,
                  counts);
  }
  do_update_batch(numbered);
  return numbered.id;
}

void Writer::do_update_batch(const domain::Batch& batch) {
  auto update = database_.query(
      "UPDATE batch SET figures = ?, predictions_content = ?, predictions = ?, prediction_count = ?, known_count = ? "
      "WHERE id = ?",
      domain::to_json(batch.figures));
  if (batch.predictions) {
    update.bind(batch.predictions->content, batch.predictions->object, batch.predictions->rows,
                batch.predictions->known);
  } else {
    update.bind(std::nullopt, std::nullopt, std::nullopt, std::nullopt);
  }
  update.bind(batch.id).run();
}

std::int64_t Writer::do_insert_outcomes(const domain::Outcomes& outcomes) {
  database_.run(
      "INSERT INTO outcomes(version_id, source, content, object, row_count, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?)",
      version_id(outcomes.version), outcomes.source, outcomes.content, outcomes.object, outcomes.rows, outcomes.at,
      outcomes.by);
  return database_.last_id();
}

}  // namespace mlops::store::sqlite
