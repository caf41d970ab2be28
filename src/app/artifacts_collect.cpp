#include <chrono>
#include <utility>

#include <fmt/core.h>

#include <mlops/app/artifacts.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "artifacts_needs.hpp"
#include "table_cache.hpp"

namespace mlops::app {

namespace {

// Which runs keep their bytes, beside those that a version came of.
struct KeepRuns {
  bool all = true;
  std::optional<Timestamp> ended_since;

  [[nodiscard]] bool keeps(const store::ObjectOwner& owner) const {
    if (owner.kind != domain::NodeKind::run || all || owner.has_version || !owner.ended_at) return true;
    return ended_since && *owner.ended_at >= *ended_since;
  }
};

Timestamp time_before(const std::string& span, std::string_view flag, Timestamp now) {
  if (const auto time = parse_time(span, now)) return *time;
  throw Error{ErrorKind::usage,
              fmt::format("{} `{}` is not a time", flag, printable(span)),
              {"write a span back from now (7d, 12h) or a date (2026-11-01)"}};
}

KeepRuns parse_keep(const std::string& text, Timestamp now) {
  constexpr std::string_view recent = "runs=";
  if (text == "runs") return {};
  if (text == "versions") return {.all = false, .ended_since = std::nullopt};
  if (text.starts_with(recent)) {
    return {.all = false, .ended_since = time_before(text.substr(recent.size()), "--keep runs=", now)};
  }
  throw Error{ErrorKind::usage,
              fmt::format("`--keep {}` is not known", printable(text)),
              {"it takes `runs`, `runs=30d` or `versions`"}};
}

// A fresh look at the registry each time it is asked. What is elsewhere by reference counts too: the store may have
// been given its bytes later.
std::vector<Digest> live_objects(Workspace& workspace, const KeepRuns& keep) {
  std::vector<artifacts::NeededObject> live;
  workspace.read()->for_each_needed_object([&](const store::ObjectOwner& owner, const store::NeededObject& object) {
    if (keep.keeps(owner)) live.push_back({object.digest, std::nullopt});
  });
  make_unique(live);
  std::vector<Digest> digests;
  digests.reserve(live.size());
  for (const auto& object : live) digests.push_back(object.digest);
  return digests;
}

std::vector<std::int64_t> runs_to_release(store::ReadTransaction& view, const KeepRuns& keep) {
  std::vector<std::int64_t> runs;
  view.for_each_needed_object([&](const store::ObjectOwner& owner, const store::NeededObject&) {
    if (keep.keeps(owner)) return;
    const std::int64_t number = parse_integer(owner.id).value_or(0);
    if (runs.empty() || runs.back() != number) runs.push_back(number);
  });
  return runs;
}

// Said before any byte goes: whatever happens on the way, nobody misses them.
std::size_t release_runs(Workspace& workspace, const KeepRuns& keep) {
  const auto transaction = workspace.write();
  const auto runs = runs_to_release(transaction->view(), keep);
  if (runs.empty()) return 0;
  for (const std::int64_t run : runs) transaction->release_run(run);
  transaction->commit();
  return runs.size();
}

bool removed_something(const artifacts::CollectReport& report) {
  return report.packs_removed + report.packs_rewritten > 0 || report.freed_bytes > 0;
}

}  // namespace

ArtifactsCollectOutcome collect_artifacts(Workspace& workspace, const ArtifactsCollectRequest& request) {
  ArtifactsCollectOutcome outcome;
  outcome.applied = request.apply;
  const KeepRuns keep = parse_keep(request.keep, workspace.now());
  artifacts::CollectOptions options;
  options.apply = request.apply;
  options.live = [&] { return live_objects(workspace, keep); };
  std::optional<Timestamp> before;
  if (request.older_than) {
    before = time_before(*request.older_than, "--older-than", workspace.now());
    options.stored_before = std::chrono::system_clock::time_point{std::chrono::milliseconds{before->milliseconds}};
  }
  if (!keep.all) {
    outcome.runs = request.apply ? release_runs(workspace, keep) : runs_to_release(*workspace.read(), keep).size();
  }
  outcome.report = workspace.maintenance()->collect(options, workspace.context().progress("collecting", 0));
  const TableCacheRest rest = rest_of_table_caches(workspace, before, request.apply);
  outcome.cache_files = rest.files;
  outcome.cache_bytes = rest.bytes;
  if (!request.apply || !removed_something(outcome.report)) return outcome;

  const auto transaction = workspace.write();
  outcome.collection = transaction->add_collection({.id = 0,
                                                    .objects = outcome.report.dead_objects,
                                                    .bytes = outcome.report.dead_bytes,
                                                    .freed_bytes = outcome.report.freed_bytes,
                                                    .runs = outcome.runs,
                                                    .at = {},
                                                    .by = {}});
  transaction->commit();
  return outcome;
}

}  // namespace mlops::app
