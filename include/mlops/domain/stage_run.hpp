// The stages of a recipe within a run: what each was to do, and how it went.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/attempt.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

// reused: an earlier run had done the same, and its outputs are taken.
enum class StageStatus { waiting, running, succeeded, reused, failed, interrupted };
std::string_view name_of(StageStatus status);

struct StageRun {
  // What doing it again needs
  std::string name;
  std::vector<std::string> needs;
  std::vector<std::string> command_template;
  std::vector<std::string> inputs;            // roles of the run's inputs
  std::vector<std::string> params;            // names of the run's params
  std::map<std::string, std::string> writes;  // name and path of its outputs
  std::optional<std::string> metrics_file;
  std::optional<std::vector<std::string>> code;  // nullopt: the whole project

  // What its result depends on, by name; the digest of all of it tells whether an earlier result is the same.
  std::map<std::string, std::string> depends;
  std::optional<Digest> key;

  // How it went
  StageStatus status = StageStatus::waiting;
  std::string why;                          // it ran, in words
  std::optional<std::int64_t> reused_from;  // the run that did it
  std::vector<std::string> command;         // as it ran
  std::vector<Attempt> attempts;
  std::string failure;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> ended_at;
  std::vector<RunOutput> outputs;
  Metrics metrics;
  std::optional<Digest> series;
  std::optional<Digest> log;

  [[nodiscard]] bool is_done() const { return status == StageStatus::succeeded || status == StageStatus::reused; }
  friend bool operator==(const StageRun&, const StageRun&) = default;
};

Json to_json(const StageRun& stage);
// Error{integrity} on another shape.
StageRun stage_run_from_json(const Json& json);

// nullptr when there is none.
const StageRun* find_stage(const std::vector<StageRun>& stages, std::string_view name);

// What an output is known by: the SHA-256 of a file, of a folder that of its manifest.
Digest digest_of(const RunOutput& output);

// Whether each of them waits for the one before.
bool is_chain(const std::vector<StageRun>& stages);

}  // namespace mlops::domain
