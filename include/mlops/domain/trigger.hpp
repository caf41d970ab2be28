// Triggers: what makes a model be trained again, and the firings that followed. Reference: docs/triggers.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/condition.hpp>
#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

// "drift.psi > 0.2 for 3 batches", "age > 30d", "dataset.train changed"
struct Trigger {
  enum class Kind { figure, age, data };
  Kind kind = Kind::figure;
  std::string subject;  // the figure of a batch, or the role of a dataset
  Comparison comparison = Comparison::greater;
  double value = 0;
  std::size_t batches = 1;  // the newest ones, each of which it holds for
  std::int64_t age_ms = 0;
  std::string text;  // as written
};
// Throws Error{usage} with the near miss and the forms there are.
Trigger parse_trigger(std::string_view text);

// [model.NAME.retrain]
struct RetrainRules {
  std::vector<Trigger> when;
  std::int64_t cooldown_ms = std::int64_t{24} * 3600 * 1000;
  std::int64_t max_per_week = 3;
  std::optional<std::string> promote;  // the stage that the result is promoted to, through its gate
};

// What one trigger saw.
struct TriggerFinding {
  std::string trigger;  // as written
  bool due = false;
  std::string found;                  // "0.31, 0.28, 0.4"; "41 days"; "train@4, trained on train@3"
  std::vector<std::int64_t> batches;  // that it holds for
  friend bool operator==(const TriggerFinding&, const TriggerFinding&) = default;
};
Json to_json(const TriggerFinding& finding);

// How a firing ended.
enum class FiringOutcome { running, trained, promoted, refused, conflict, failed };
std::string_view name_of(FiringOutcome outcome);
FiringOutcome parse_firing_outcome(std::string_view text);

// That triggers were due, and what was done. What it had seen makes no trigger due again.
struct Firing {
  std::int64_t id = 0;
  std::string model;
  VersionId version;                        // that was watched
  std::vector<TriggerFinding> findings;     // of the triggers that were due
  std::int64_t last_batch = 0;              // the newest batch that it had seen
  std::map<std::string, std::string> data;  // by role: what it had seen of the data, as a digest
  Timestamp at;
  std::string by;
  std::string owner;          // the mark of the process that looks after it
  std::int64_t taken_up = 0;  // how often another process had to go on with it
  FiringOutcome outcome = FiringOutcome::running;
  std::optional<std::int64_t> run = {};
  std::optional<VersionId> made = {};
  std::string reason = {};  // of the end
  std::optional<Timestamp> ended_at = {};
  friend bool operator==(const Firing&, const Firing&) = default;
};
std::string subject_of(const Firing& firing);  // firing/3
Json to_json(const Firing& firing);
std::vector<TriggerFinding> findings_from_json(const Json& json);

// "drift.psi > 0.2 for 3 batches (0.31, 0.28, 0.4); age > 30d (41 days)"
std::string cause_text(const std::vector<TriggerFinding>& findings);

// The data of one role: what the version was trained on, and what there is now.
struct DataNow {
  std::string used;    // "train@3"; "" when it used none in that role
  std::string newest;  // "train@4", "data/train.csv"
  std::string digest;  // of the newest
  bool changed = false;
};

struct TriggerFacts {
  Timestamp now;
  VersionId version;
  std::optional<Timestamp> registered_at;
  std::vector<BatchFacts> batches;      // newest first
  std::map<std::string, DataNow> data;  // by role
  std::vector<Firing> firings;          // of the model, newest first
};

enum class TriggerStanding { quiet, due, cooling_down, limited };
struct TriggerAnswer {
  TriggerStanding standing = TriggerStanding::quiet;
  std::vector<TriggerFinding> findings;  // of each trigger, in order
  std::optional<Timestamp> until;        // while it is cooling down, or limited
};
// What is due at `facts.now`. A firing of the future, as a clock leaves it that jumped back, holds nothing up for
// longer than twice the time it would have.
TriggerAnswer judge(const RetrainRules& rules, const TriggerFacts& facts);

}  // namespace mlops::domain
