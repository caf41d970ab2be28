// One entry of the append-only audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/domain/records.hpp>
#include <mlops/domain/verdict.hpp>

namespace mlops::domain {

// Who changes the registry, from where: the same for all events of one command.
struct Origin {
  std::string actor;
  std::string host;
  std::string command;                // "promote churn@7 --to production"
  std::optional<std::string> ci_url;  // of the CI job, when there is one
};

struct Event {
  std::uint64_t sequence = 0;  // 1, 2, 3 … without a gap; leaf number sequence - 1 of the Merkle tree
  Timestamp at;
  Origin origin;
  std::string kind;     // "version.registered", "stage.promoted", …
  std::string subject;  // "version/churn@7", "stage/churn@production", …
  Json before;          // the subject's state before, null when it did not exist
  Json after;           // and after, null when it is gone
};

// The bytes that are hashed: canonical JSON of the event (docs/formats.md).
std::string canonical_event(const Event& event);
Json to_json(const Event& event);
// Throws Error{integrity} when `text` is not an event in canonical form.
Event parse_event(std::string_view text);

// Subjects.
std::string subject_of(const Model& model);                                 // model/churn
std::string subject_of(const Version& version);                             // version/churn@7
std::string subject_of(const Dataset& dataset);                             // dataset/train@3
std::string subject_of(const Run& run);                                     // run/12
std::string subject_of(const Verdict& verdict);                             // verdict/5
std::string subject_of(const Approval& approval);                           // approval/2
std::string subject_of(const RunRelease& release);                          // release/12
std::string subject_of(const Collection& collection);                       // collection/1
std::string tags_subject(const VersionId& id);                              // tags/churn@7
std::string deprecation_subject(const VersionId& id);                       // deprecation/churn@7
std::string deletion_subject(const VersionId& id);                          // deletion/churn@7
std::string stage_subject(std::string_view model, std::string_view stage);  // stage/churn@production
std::string alias_subject(std::string_view model, std::string_view alias);  // alias/churn@champion

// The model that an event is about, or "" (for `audit log --model`).
std::string model_of_subject(std::string_view subject);

// The state of each subject as events and `--json` show it: every field, absent ones null, times in RFC 3339.
Json to_json(const Model& model);
Json to_json(const GitState& git);
Json to_json(const DataUse& use);
Json to_json(const FileEntry& file);
Json to_json(const References& references);
Json to_json(const Inspected& inspected);
Json to_json(const Version& version);
Json to_json(const Tags& tags);
Json to_json(const Metrics& metrics);
Json to_json(const Params& params);
Json to_json(const Deprecation& deprecation);
Json to_json(const Deletion& deletion);
Json to_json(const Dataset& dataset);
Json to_json(const Run& run);
Json to_json(const StageChange& change);
Json to_json(const Approval& approval);
Json to_json(const RunRelease& release);
Json to_json(const Collection& collection);
Json to_json(const Evidence& evidence);
Json to_json(const Verdict& verdict);

// The state as events hold it: the same, less what is absent and unknown to older events.
Json event_state(const Version& version);
Json event_state(const Dataset& dataset);
Json event_state(const Run& run);

// For what the store keeps as JSON text. Throws Error{integrity} on another shape.
Inspected inspected_from_json(const Json& json);
GitState git_state_from_json(const Json& json);
Metrics metrics_from_json(const Json& json);
Params params_from_json(const Json& json);
std::vector<DataUse> data_from_json(const Json& json);
std::vector<RunOutput> outputs_from_json(const Json& json);
std::vector<Evidence> evidence_from_json(const Json& json);
Json to_json(const std::vector<RunOutput>& outputs);
Json to_json(const std::vector<DataUse>& data);

}  // namespace mlops::domain
