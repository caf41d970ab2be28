#include <mlops/domain/event.hpp>
#include <mlops/domain/trigger.hpp>

#include "writer.hpp"

namespace mlops::store::sqlite {

std::int64_t Writer::do_insert_firing(const domain::Firing& firing) {
  Json findings = Json::array();
  for (const auto& finding : firing.findings) findings.push_back(domain::to_json(finding));
  Json data = Json::object();
  for (const auto& [role, digest] : firing.data) data.set(role, digest);
  database_.run(
      "INSERT INTO firing(model_id, version_id, findings, last_batch, data, at, actor, owner, taken_up, outcome, "
      "reason) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
      model_id(firing.model), version_id(firing.version), findings, firing.last_batch, data, firing.at, firing.by,
      firing.owner, firing.taken_up, domain::name_of(firing.outcome));
  return database_.last_id();
}

void Writer::do_update_firing(const domain::Firing& firing) {
  database_.run(
      "UPDATE firing SET owner = ?, taken_up = ?, outcome = ?, run = ?, made_id = ?, reason = ?, ended_at = ? WHERE "
      "id = ?",
      firing.owner, firing.taken_up, domain::name_of(firing.outcome), firing.run, version_id(firing.made),
      firing.reason, firing.ended_at, firing.id);
}

}  // namespace mlops::store::sqlite
