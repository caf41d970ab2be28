// One question about a version each, answered from facts that the caller has gathered.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/policy.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/verdict.hpp>

namespace mlops::checks {

// The version now in a stage, as far as conditions look at it.
struct StageHolder {
  domain::VersionId version;
  domain::Metrics metrics;
};

// What is wanted of every command check, as its evidence says.
inline constexpr std::string_view command_wanted = "exit code 0";

// What happened when a command check was run.
struct CommandOutcome {
  std::optional<int> exit_code;  // nullopt when it could not be started
  bool timed_out = false;
  std::string failure;
  Json figures;             // the JSON it wrote, or null
  std::string last_output;  // its last lines, for the reason
};

// One object's state in the artifact store.
struct FileState {
  std::string path;
  std::string problem;  // "" when intact, else "missing" or "damaged"
};

// What a scan found in one file.
struct ScannedFile {
  std::string path;
  domain::Safety safety = domain::Safety::unknown;
  std::string reason;  // why it is not allowlisted, "" otherwise
};

// What was noticed in a notebook or in training code.
struct NoticedCode {
  std::string rule;
  std::string text;  // "train.ipynb, cell 3: …"
};

// A figure of the predictions in one slice of the holdout, with its confidence interval.
struct MeasuredSlice {
  std::string name;             // "region=north"; "" for all rows
  std::int64_t count = 0;       // rows
  double value = 0;             // of the version
  std::optional<double> other;  // of the stage's holder, on the same rows
  double low = 0;               // the interval of the value, or of the difference to the holder's
  double high = 0;
  std::optional<std::int64_t> rows_needed;  // to tell, were the difference what it seems
  std::optional<double> detectable;         // the smallest difference that this many rows would show (power 0.8)
  // Of several slices: the chance of such a figure, or a worse one, if the true one were just what is asked; and the
  // same corrected for the number of slices.
  std::optional<double> p, adjusted_p;
};

// What was measured for one condition.
struct Measurement {
  std::optional<domain::VersionId> holder;  // compared with; nullopt without a stage, or with nobody in it
  std::vector<MeasuredSlice> slices;        // at least one when `fault` is empty
  std::vector<std::pair<std::string, std::int64_t>> too_small;  // slices with fewer rows than are judged
  std::string correction;                                       // "Holm", of the slices' p; "" without any
  double level = 0.025;                                         // up to which a corrected p is no chance
  std::string fault;                                            // why nothing could be measured
  std::string note;                                             // what a person should know about the figures
  Json details;  // digests, method, plots: members added to the evidence's figures
};

// What was found of the data that a condition speaks of. A figure that is known exactly is its own low and high.
struct DataFinding {
  std::string fault;             // why nothing could be found; nothing else is then
  std::string note;              // what a person should know all the same
  bool is_unopposed = false;     // nobody holds the stage whose data it speaks of: there is nothing to ask
  double value = 0;              // of a figure
  double low = 0;                // what it is at least,
  double high = 0;               // and at most
  std::string found;             // in words
  std::vector<std::string> why;  // what speaks against the data, in words, worst first
  bool is_refuted = false;       // whether that decides, whatever the figure
  std::string doubt;             // why low and high differ
  Json details;                  // digests, anomalies, columns: members added to the evidence's figures
};

// Everything that the checks of one gate may ask. The functions do the slow work, when they are asked.
struct Facts {
  domain::Version version;
  domain::Tags tags;
  std::string model_description;  // of mlops.toml
  std::optional<domain::Deprecation> deprecation;
  bool has_held_after = false;              // whether the version holds or has held the gate's `after` stage
  std::vector<domain::Approval> approvals;  // for the gate's stage, oldest first
  std::vector<domain::Waiver> waivers;      // the same
  Timestamp now;                            // when the gate is asked
  std::string asked_by;
  std::function<std::optional<StageHolder>(const std::string& stage)> holder;
  std::function<std::vector<FileState>()> file_states;
  std::function<std::vector<ScannedFile>()> scanned_files;
  std::function<std::vector<NoticedCode>()> noticed_code;
  std::function<std::optional<bool>(const std::string& branch)> reachable;  // the version's commit
  std::function<Measurement(const domain::PredictionCondition&)> measure;   // may run the prediction command
  std::function<DataFinding(const domain::DataCondition&)> look_at_data;
  std::function<CommandOutcome(const domain::CommandCheck&)> run_command;
  // Evidence of a command check that still holds, so that it need not run again; may be empty.
  std::function<std::optional<domain::Evidence>(const std::string& check)> earlier;
};

// Asks every check of the gate in its order: deprecation, after, checks, required, metrics, data, predictions,
// approvals, then what it only warns about. An exception of a fact function is evidence `error`, not a crash.
// `commands` holds the command checks of the policy.
std::vector<domain::Evidence> ask(const domain::Gate& gate, const std::map<std::string, domain::CommandCheck>& commands,
                                  const Facts& facts);

// One each, in a file of its name.
domain::Evidence artifacts_intact(const Facts& facts);
domain::Evidence files_safe(const Facts& facts);
domain::Evidence code_notebooks(const Facts& facts);
domain::Evidence git_clean(const Facts& facts);
domain::Evidence git_reachable(const std::string& branch, const Facts& facts);
domain::Evidence metric_condition(const domain::Compound<domain::Condition>& condition, const Facts& facts);
domain::Evidence data_condition(const domain::DataCondition& condition, const Facts& facts);
domain::Evidence prediction_condition(const domain::Compound<domain::PredictionCondition>& condition,
                                      const Facts& facts);
domain::Evidence required_fact(const std::string& name, const Facts& facts);
domain::Evidence command_check(const domain::CommandCheck& check, const Facts& facts);
domain::Evidence held_before(const std::string& stage, const Facts& facts);
domain::Evidence approvals(const domain::Gate& gate, const Facts& facts);
domain::Evidence not_deprecated(const Facts& facts);

// Notes in the evidence of a check that did not pass the waiver for it, with whether it counts.
void note_waiver(domain::Evidence& evidence, const domain::Gate& gate, const Facts& facts);

}  // namespace mlops::checks
