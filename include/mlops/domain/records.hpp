// What the registry keeps: models, versions, datasets, runs, and who holds which stage.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/files.hpp>
#include <mlops/domain/inspected.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/domain/semver.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

struct Model {
  std::string name;
  Timestamp created_at;
  std::string created_by;
  friend bool operator==(const Model&, const Model&) = default;
};

// The code behind a version or run.
struct GitState {
  std::string commit;                 // full hex id
  std::optional<std::string> branch;  // nullopt when HEAD is detached
  std::optional<std::string> remote;  // URL of the branch's remote or of origin, without credentials
  std::string path;                   // of the project inside the repository; "" for its root
  bool dirty = false;
  std::optional<Digest> diff;  // of a dirty tree: the object that holds `git diff HEAD --binary`
  friend bool operator==(const GitState&, const GitState&) = default;
};

// A dataset as the input of a version or run.
struct DataUse {
  std::string role;  // the name under which the command saw it: "train"
  std::string dataset;
  std::int64_t number = 0;
  Digest digest;
  friend bool operator==(const DataUse&, const DataUse&) = default;
};

using Metrics = std::map<std::string, double>;
using Params = std::map<std::string, Json>;
using Tags = std::map<std::string, std::string>;

// An immutable set of files and the facts known when it was registered.
struct Version {
  VersionId id;
  Digest digest;  // of its manifest
  std::int64_t file_count = 0;
  std::uint64_t total_bytes = 0;
  std::optional<References> references = {};  // those of its files that stay where they are
  std::optional<SemVer> semver;
  std::string message;
  Metrics metrics;
  Params params;
  std::vector<DataUse> data;  // sorted by role
  std::optional<VersionId> parent;
  std::optional<std::int64_t> run;
  std::optional<GitState> git;
  Json signature;                           // inputs and outputs, or null
  std::optional<Inspected> inspected = {};  // nullopt: registered before files were looked into
  Timestamp registered_at;
  std::string registered_by;
  friend bool operator==(const Version&, const Version&) = default;
};

// Kept apart from the version: these may change after registration.
struct Deprecation {
  std::string reason;
  Timestamp at;
  std::string by;
  friend bool operator==(const Deprecation&, const Deprecation&) = default;
};

// What remains of a version that was deleted: its bytes may go, its facts stay.
struct Deletion {
  std::string reason;  // "" when none was given
  Timestamp at;
  std::string by;
  friend bool operator==(const Deletion&, const Deletion&) = default;
};

struct ColumnSummary {
  std::string name;
  std::string type;  // "integer", "number", "boolean", "text", "empty"
  friend bool operator==(const ColumnSummary&, const ColumnSummary&) = default;
};

// A named snapshot of input data.
struct Dataset {
  std::string name;
  std::int64_t number = 0;  // 1, 2, 3 … per name
  Digest digest;
  std::int64_t file_count = 0;
  std::uint64_t total_bytes = 0;
  std::optional<References> references = {};
  std::optional<std::int64_t> rows;  // of a single CSV file
  std::vector<ColumnSummary> columns;
  std::string source;  // the path or URI it was taken from, as given
  std::string message;
  std::optional<GitState> git;
  Timestamp added_at;
  std::string added_by;
  [[nodiscard]] std::string text() const;  // "train@3"
  friend bool operator==(const Dataset&, const Dataset&) = default;
};

// stopped: by the search whose trial it is, since others are better or its time is up.
enum class RunStatus { running, succeeded, failed, interrupted, stopped };
std::string_view name_of(RunStatus status);
RunStatus parse_run_status(std::string_view text);

struct RunOutput {
  std::string name;
  std::string path;  // as the command saw it, relative to its directory
  std::vector<FileEntry> files;
  friend bool operator==(const RunOutput&, const RunOutput&) = default;
};

// One execution of a training (or any) command.
struct Run {
  std::int64_t number = 0;           // 1, 2, 3 … per registry
  std::string name;                  // free; "" when not given
  std::optional<std::string> model;  // of a retrain: whose recipe it ran
  std::optional<VersionId> parent;   // of a retrain: the version it repeats
  std::vector<std::string> command;
  std::string directory;  // relative to the repository, or absolute outside git
  RunStatus status = RunStatus::running;
  std::optional<int> exit_code;  // nullopt while running, and when it never started
  std::string failure;           // why it is failed or interrupted, "" otherwise
  Params params;
  Params param_overrides;  // of a retrain: params that were not the recipe's own, repeated by the next retrain
  std::vector<DataUse> inputs;
  std::vector<RunOutput> outputs;
  Metrics metrics;
  Json environment;  // interpreter, packages, os, cpu …; null when unknown
  std::optional<GitState> git;
  std::optional<Digest> log;          // object with the captured output
  std::optional<Digest> series = {};  // object with the metrics over steps, when there are any
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> search = {};  // of a trial: the run of its search
  std::optional<std::int64_t> trial = {};   // its number in that search: 1, 2, 3 …
  Json search_plan = {};                    // of a search: what is tried and how it is judged; null for other runs
  Timestamp started_at;
  std::optional<Timestamp> ended_at;
  std::string host;
  std::optional<std::int64_t> pid;  // of mlops itself, to find runs whose process is gone
  std::string started_by;
  Json execution = {};  // how it went, as execution.hpp reads it; null for runs of before there was such a record
  friend bool operator==(const Run&, const Run&) = default;
};

enum class ChangeKind { promote, rollback, vacate };  // vacate: its holder was deleted
std::string_view name_of(ChangeKind kind);
ChangeKind parse_change_kind(std::string_view text);

// One movement of a stage; the latest one names the present holder.
struct StageChange {
  std::int64_t id = 0;
  std::string model;
  std::string stage;
  std::int64_t version = 0;              // 0: from then on nobody holds it
  std::optional<std::int64_t> previous;  // the holder before, if any
  ChangeKind kind = ChangeKind::promote;
  std::optional<std::int64_t> verdict;  // the verdict that let it in
  std::string message;
  Timestamp at;
  std::string by;
  friend bool operator==(const StageChange&, const StageChange&) = default;
};

enum class Decision { approve, reject };
std::string_view name_of(Decision decision);
Decision parse_decision(std::string_view text);

// One person's word on one version entering one stage. The latest word of each person counts.
struct Approval {
  std::int64_t id = 0;
  VersionId version;
  std::string stage;
  Decision decision = Decision::approve;
  std::string reason;
  Timestamp at;
  std::string by;
  friend bool operator==(const Approval&, const Approval&) = default;
};

// Who took a waiver back.
struct Withdrawal {
  std::string reason;  // "" when none was given
  Timestamp at;
  std::string by;
  friend bool operator==(const Withdrawal&, const Withdrawal&) = default;
};

// One person's word that a version may enter a stage although it does not pass a check, until a time.
struct Waiver {
  std::int64_t id = 0;
  VersionId version;
  std::string stage;
  std::string check;      // as evidence names it: "metrics.accuracy"
  std::string condition;  // that alone is waived, as written in the gate; "" where the check has none
  std::string reason;
  Timestamp until;  // the last moment at which it counts
  Timestamp at;
  std::string by;
  std::optional<Withdrawal> withdrawn = {};
  friend bool operator==(const Waiver&, const Waiver&) = default;
};

enum class WaiverState { stands, expired, withdrawn };
std::string_view name_of(WaiverState state);
WaiverState state_of(const Waiver& waiver, Timestamp now);

// A run whose log, outputs and diff the artifact store need not keep any more.
struct RunRelease {
  std::int64_t run = 0;
  Timestamp at;
  std::string by;
  friend bool operator==(const RunRelease&, const RunRelease&) = default;
};

// One garbage collection of the artifact store that removed something.
struct Collection {
  std::int64_t id = 0;
  std::size_t objects = 0;        // that nothing needed
  std::uint64_t bytes = 0;        // they took in the store
  std::uint64_t freed_bytes = 0;  // of the disk
  std::size_t runs = 0;           // whose bytes were let go
  Timestamp at;
  std::string by;
  friend bool operator==(const Collection&, const Collection&) = default;
};

}  // namespace mlops::domain
