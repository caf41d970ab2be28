// `tick`: looks at the triggers of all models once, and does what is due.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/hooks.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/trigger.hpp>

namespace mlops::app {

enum class TickStanding {
  quiet,         // nothing is due
  due,           // in a dry run: it would be trained
  cooling_down,  // due, and trained too short a time ago
  limited,       // due, and trained too often this week
  running,       // another process is at it, or a cluster
  unwatched,     // nobody holds the stage that is watched
  done,          // trained: see `firing`
  broken,        // can't be judged or trained: see `error`
};
std::string_view name_of(TickStanding standing);

struct ModelTick {
  std::string model;
  std::string stage;                         // that is watched
  std::optional<domain::VersionId> version;  // that holds it
  TickStanding standing = TickStanding::quiet;
  std::vector<domain::TriggerFinding> findings;
  std::optional<Timestamp> until;        // while cooling down, or limited
  std::optional<domain::Firing> firing;  // that was started or gone on with
  std::string error;
};

struct TickRequest {
  std::vector<std::string> models;  // all with triggers when empty
  bool dry_run = false;
};
struct TickOutcome {
  std::vector<ModelTick> models;  // by name
  DeliverOutcome hooks;           // what was sent again
  std::optional<std::string> notice;
};
// Whatever a model's triggers or training do, the others get their turn. Error{interrupted} stops: what was begun is
// gone on with by the next one. Error{not_found} for a model without triggers.
TickOutcome tick(Workspace& workspace, const TickRequest& request);

// The firings of a model, newest first.
std::vector<domain::Firing> list_firings(Workspace& workspace, const std::string& model, std::size_t limit);

}  // namespace mlops::app
