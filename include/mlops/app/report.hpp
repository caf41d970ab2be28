// `report` and `card`: what is recorded about a version, gathered for a page that others read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/look.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/inspection.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/verdict.hpp>

namespace mlops::app {

struct ReportRequest {
  std::string reference;
  std::optional<std::string> stage;     // only the latest verdict of this gate
  std::optional<std::int64_t> verdict;  // only this one
};
struct ReportOutcome {
  domain::VersionId version;
  std::vector<domain::Verdict> verdicts;  // the latest of each stage, oldest first
};
// Error{not_found} when nothing of the kind was decided about the version.
ReportOutcome stored_report(Workspace& workspace, const ReportRequest& request);

// What a model card is made of.
struct CardOutcome {
  ShowOutcome known;
  std::string description;                       // of the model, in the mlops.toml of the version's commit
  std::optional<domain::Inspection> inspection;  // nullopt when the files were not looked into, or are gone
  std::vector<domain::Dataset> datasets;         // of the version's data, where they have a number; by role
  // The author's own words: `model_card.md` beside mlops.toml, in the version's commit, outside git in the folder.
  std::optional<std::string> authored;
  std::string authored_source;  // "commit 1a2b3c…" or "the project's folder"; "" without one
};
CardOutcome card_of(Workspace& workspace, const std::string& reference);

}  // namespace mlops::app
