// `waive`, `waivers`: on whose word, and until when, a version may pass a gate without one of its checks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct WaiveRequest {
  std::string reference;
  std::string check;                 // as evidence names it, or a condition as written in the gate
  std::optional<std::string> stage;  // needed where several gates ask the check
  std::string until;                 // a date, a time, or a span from now; not needed for `undo`
  std::string reason;                // neither needed for `undo`
  bool undo = false;                 // withdraws every waiver of the check that still stands
  bool dry_run = false;
};
struct WaiversOutcome {
  domain::VersionId version;
  std::optional<domain::Waiver> given;    // by this command
  std::vector<domain::Waiver> withdrawn;  // by this command
  std::vector<domain::Waiver> waivers;    // all of this version, oldest first
};
WaiversOutcome waive(Workspace& workspace, const WaiveRequest& request);
WaiversOutcome list_waivers(Workspace& workspace, const std::string& reference);

}  // namespace mlops::app
