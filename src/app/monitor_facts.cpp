#include <mlops/app/monitor.hpp>

#include "resolve.hpp"

namespace mlops::app {

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
