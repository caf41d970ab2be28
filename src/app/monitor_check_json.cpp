#include <cmath>

#include <mlops/app/monitor_check.hpp>

namespace mlops::app {

namespace {

Json finite_json(const std::optional<double>& value) { return value && std::isfinite(*value) ? Json{*value} : Json{}; }

Json texts_json(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const std::string& text : texts) array.push_back(text);
  return array;
}

template <typename T, typename Make>
Json list_json(const std::vector<T>& items, const Make& make) {
  Json array = Json::array();
  for (const T& item : items) array.push_back(make(item));
  return array;
}

Json column_json(const ColumnHealth& column) {
  return Json::object({{"name", column.name},
                       {"missing", column.missing},
                       {"reference_missing", column.reference_missing},
                       {"unfit", column.unfit},
                       {"unseen", column.unseen},
                       {"outside", column.outside},
                       {"examples", texts_json(column.examples)}});
}

Json part_json(const WatchedPart& part) {
  Json interval;
  if (part.interval) interval = Json::array({finite_json(part.interval->low), finite_json(part.interval->high)});
  return Json::object({{"metric", part.metric},
                       {"result", name_of(part.result)},
                       {"source", part.source},
                       {"value", finite_json(part.value)},
                       {"interval", std::move(interval)},
                       {"count", part.count},
                       {"reason", part.reason}});
}

Json condition_json(const WatchedCondition& condition) {
  return Json::object({{"condition", condition.condition},
                       {"result", name_of(condition.result)},
                       {"parts", list_json(condition.parts, part_json)}});
}

}  // namespace

Json to_json(const MonitorFinding& finding) {
  return Json::object({{"kind", finding.kind},
                       {"bad", finding.is_bad},
                       {"batch", finding.batch == 0 ? Json{} : Json{finding.batch}},
                       {"column", finding.column.empty() ? Json{} : Json{finding.column}},
                       {"what", finding.what}});
}

Json to_json(const CheckedBatch& checked) {
  return Json::object({{"batch", domain::to_json(checked.batch)},
                       {"drift", checked.drift ? to_json(*checked.drift) : Json{}},
                       {"columns", list_json(checked.columns, column_json)},
                       {"prediction_drift", checked.prediction_drift ? to_json(*checked.prediction_drift) : Json{}},
                       {"predictions_against", checked.predictions_against},
                       {"conditions", list_json(checked.conditions, condition_json)}});
}

Json to_json(const HealthOutcome& outcome) {
  return Json::object(
      {{"version", outcome.version.text()},
       {"healthy", outcome.is_healthy()},
       {"at", rfc3339(outcome.at)},
       {"stage", outcome.stage.empty() ? Json{} : Json{outcome.stage}},
       {"reference", outcome.reference ? domain::to_json(*outcome.reference) : Json{}},
       {"holdout", outcome.holdout ? domain::to_json(*outcome.holdout) : Json{}},
       {"findings", list_json(outcome.findings, [](const MonitorFinding& finding) { return to_json(finding); })},
       {"batches", list_json(outcome.batches, [](const CheckedBatch& checked) { return to_json(checked); })},
       {"history", list_json(outcome.history, [](const domain::Batch& batch) { return domain::to_json(batch); })}});
}

}  // namespace mlops::app
