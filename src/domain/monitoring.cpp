#include <mlops/domain/monitoring.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/support/error.hpp>

namespace mlops::domain {

Digest digest_of_counts(const std::vector<std::uint8_t>& counts) { return sha256(std::as_bytes(std::span{counts})); }

std::string subject_of(const MonitorReference& reference) { return "monitor/" + reference.version.text(); }
std::string subject_of(const MonitorHoldout& holdout) { return "holdout/" + holdout.version.text(); }
std::string subject_of(const Batch& batch) { return fmt::format("batch/{}", batch.id); }
std::string subject_of(const Outcomes& outcomes) { return fmt::format("outcomes/{}", outcomes.id); }

BatchFigures figures_from_json(const Json& json) {
  BatchFigures figures;
  try {
    for (const auto& [name, value] : json.as_object()) figures.emplace(name, value.as_double());
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("the figures of a batch are not readable: {}", error.message())};
  }
  return figures;
}

Json to_json(const MonitorReference& reference) {
  return Json::object({{"model", reference.version.model},
                       {"version", reference.version.text()},
                       {"source", reference.source},
                       {"data", reference.data.text()},
                       {"rows", reference.rows},
                       {"columns", reference.columns},
                       {"frozen", reference.frozen.text()},
                       {"at", rfc3339(reference.at)},
                       {"by", reference.by}});
}

Json to_json(const MonitorHoldout& holdout) {
  return Json::object({{"model", holdout.version.model},
                       {"version", holdout.version.text()},
                       {"source", holdout.source},
                       {"content", holdout.content.text()},
                       {"predictions", holdout.predictions.text()},
                       {"rows", holdout.rows},
                       {"at", rfc3339(holdout.at)},
                       {"by", holdout.by}});
}

Json to_json(const Batch& batch) {
  Json predictions;
  if (batch.predictions) {
    predictions = Json::object({{"content", batch.predictions->content.text()},
                                {"object", batch.predictions->object.text()},
                                {"rows", batch.predictions->rows},
                                {"known", batch.predictions->known}});
  }
  return Json::object({{"batch", batch.id},
                       {"model", batch.version.model},
                       {"version", batch.version.text()},
                       {"source", batch.source},
                       {"content", batch.content.text()},
                       {"rows", batch.rows},
                       {"counts", batch.counts ? Json{batch.counts->text()} : Json{}},
                       {"predictions", std::move(predictions)},
                       {"figures", to_json(batch.figures)},
                       {"at", rfc3339(batch.at)},
                       {"recorded_at", rfc3339(batch.recorded_at)},
                       {"recorded_by", batch.recorded_by}});
}

Json event_state(const Batch& batch) {
  Json state = to_json(batch);
  state.set("figures", sha256(canonical(to_json(batch.figures))).text());
  const auto share = batch.figures.find("drift.share");
  state.set("drift_share", share == batch.figures.end() ? Json{} : Json{share->second});
  return state;
}

Json to_json(const Outcomes& outcomes) {
  return Json::object({{"outcomes", outcomes.id},
                       {"model", outcomes.version.model},
                       {"version", outcomes.version.text()},
                       {"source", outcomes.source},
                       {"content", outcomes.content.text()},
                       {"object", outcomes.object.text()},
                       {"rows", outcomes.rows},
                       {"at", rfc3339(outcomes.at)},
                       {"by", outcomes.by}});
}

}  // namespace mlops::domain
