#include "derived.hpp"

#include <array>

#include <fmt/format.h>

#include <mlops/domain/semver.hpp>
#include <mlops/support/error.hpp>

#include "semver_key.hpp"

namespace mlops::store::sqlite {

namespace {

constexpr std::size_t most_told = 20;

constexpr std::array<std::string_view, 6> comparisons{
    "SELECT 'the counts of model ' || name || ' are not those of its versions' FROM model m WHERE "
    "version_count <> (SELECT count(*) FROM version v WHERE model_id = m.id AND NOT EXISTS "
    "(SELECT 1 FROM deletion WHERE version_id = v.id)) OR "
    "last_number <> coalesce((SELECT max(number) FROM version WHERE model_id = m.id), 0) OR "
    "latest_number <> coalesce((SELECT number FROM version v WHERE model_id = m.id AND NOT EXISTS "
    "(SELECT 1 FROM deletion WHERE version_id = v.id) ORDER BY number DESC LIMIT 1), 0) OR "
    "last_version_at IS NOT (SELECT registered_at FROM version WHERE model_id = m.id AND number = latest_number)",
    "SELECT 'the holder of ' || h.stage || ' of ' || (SELECT name FROM model WHERE id = h.model_id) || ' is not who "
    "came last' FROM stage_holder h WHERE change_id IS NOT (SELECT max(id) FROM stage_change WHERE model_id = "
    "h.model_id AND stage = h.stage) OR version_id IS NOT (SELECT version_id FROM stage_change WHERE id = "
    "h.change_id)",
    "SELECT 'metric ' || x.name || ' of row ' || v.id || ' of version is filed under another model' FROM metric x "
    "CROSS JOIN version v ON v.id = x.version_id WHERE x.model_id <> v.model_id",
    "SELECT 'param ' || x.name || ' of row ' || v.id || ' of version is filed under another model' FROM param x "
    "CROSS JOIN version v ON v.id = x.version_id WHERE x.model_id <> v.model_id",
    "SELECT 'the metrics of run ' || r.number || ' are not filed under what it says' FROM run r WHERE "
    "(SELECT count(*) FROM run_metric WHERE run = r.number) <> (SELECT count(*) FROM json_each(r.metrics)) OR EXISTS "
    "(SELECT 1 FROM json_each(r.metrics) m WHERE m.value IS NOT (SELECT value FROM run_metric WHERE run = r.number AND "
    "name = m.key))",
    "SELECT 'the params of run ' || r.number || ' are not filed under what it says' FROM run r WHERE "
    "(SELECT count(*) FROM run_param WHERE run = r.number) <> (SELECT count(*) FROM json_each(r.params)) OR EXISTS "
    "(SELECT 1 FROM json_each(r.params) p WHERE p.type IN ('integer', 'real', 'text') AND p.value IS NOT (SELECT value "
    "FROM run_param WHERE run = r.number AND name = p.key))",
};

bool is_filed_rightly(Statement& row) {
  try {
    const domain::Event event = domain::parse_event(row.take<std::string>());
    const auto at = row.take<Timestamp>();
    const auto model = row.take<std::string>();
    const auto actor = row.take<std::string>();
    return at == event.at && model == model_of(event) && actor == event.origin.actor &&
           row.take<std::string>() == event.kind;
  } catch (const Error&) {
    return true;  // the event itself is wrong, which `audit verify` says
  }
}

void compare_events(Database& database, std::vector<std::string>& wrong) {
  auto row = database.query("SELECT sequence, canonical, at, model, actor, kind FROM event ORDER BY sequence");
  while (wrong.size() < most_told && row.step()) {
    const auto sequence = row.take<std::int64_t>();
    if (!is_filed_rightly(row)) wrong.push_back(fmt::format("event {} is not filed under what it says", sequence));
  }
}

void compare_semvers(Database& database, std::vector<std::string>& wrong) {
  auto row = database.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id), number, semver, coalesce(semver_key, ''), is_release "
      "FROM version v WHERE semver IS NOT NULL OR semver_key IS NOT NULL ORDER BY id");
  while (wrong.size() < most_told && row.step()) {
    domain::VersionId id;
    id.model = row.take<std::string>();
    id.number = row.take<std::int64_t>();
    const auto semver = domain::SemVer::parse(row.take<std::string>());
    const auto key = row.take<std::string>();
    const auto is_release = row.take<bool>();
    if (semver && key == semver_key(*semver) && is_release == semver->prerelease.empty()) continue;
    wrong.push_back(fmt::format("the SemVer of {} is not filed under what it says", id.text()));
  }
}

}  // namespace

// Verdicts, approvals and runs do not name their model in the subject but in their state.
std::string model_of(const domain::Event& event) {
  std::string model = domain::model_of_subject(event.subject);
  if (!model.empty()) return model;
  const Json* const named = (event.after.is_null() ? event.before : event.after).find("model");
  return named != nullptr && named->is_string() ? named->as_string() : std::string{};
}

std::vector<std::string> wrong_copies(Database& database) {
  std::vector<std::string> wrong;
  for (const std::string_view sql : comparisons) {
    auto row = database.prepare(sql);
    while (wrong.size() < most_told && row.step()) wrong.push_back(row.take<std::string>());
  }
  compare_events(database, wrong);
  compare_semvers(database, wrong);
  return wrong;
}

}  // namespace mlops::store::sqlite
