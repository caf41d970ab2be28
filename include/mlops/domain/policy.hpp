// `mlops.toml`: stages, gates, checks and recipes, in git, reviewed like code. Reference: docs/policy.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/domain/condition.hpp>
#include <mlops/domain/data_condition.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/domain/hook.hpp>
#include <mlops/domain/monitor_rules.hpp>
#include <mlops/domain/objective.hpp>
#include <mlops/domain/param_rule.hpp>
#include <mlops/domain/predictions.hpp>
#include <mlops/domain/recipe_stage.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/trigger.hpp>

namespace mlops::domain {

// A check that runs a command on the checked-out files of a version.
struct CommandCheck {
  std::string name;
  std::vector<std::string> command;  // "{files}" stands for the folder with the version's files
  std::int64_t timeout_seconds = 600;
};

// What a gate asks about a version itself.
struct Questions {
  std::vector<std::string>
      checks;  // built-in names ("artifacts.intact") and names of command checks, in the order asked
  std::vector<Compound<Condition>> metrics;                // on figures that were recorded when it was registered
  std::vector<DataCondition> data;                         // on the data that the version was made from, and others
  std::vector<Compound<PredictionCondition>> predictions;  // on predictions made on the holdout
  std::vector<std::string>
      required;  // "message", "semver", "data", "run", "parent", "signature", "tag.NAME", "param.NAME", "metric.NAME"
  std::optional<std::string> reachable_from;  // the branch from which the version's commit must be reachable
};

// What a version must pass to enter a stage.
struct Gate : Questions {
  std::string stage;
  Questions warn;                         // asked too, and told when not passed, but no version is refused for them
  std::optional<std::string> after;       // the stage that the version holds or has held
  std::int64_t approvals = 0;             // distinct people
  bool self_approval = true;              // whether the registrant's own approval counts, and a waiver for oneself
  bool waivers = true;                    // whether a person may waive what it asks
  std::vector<std::string> never_waived;  // checks that nobody may waive here
};

// A question that a version can be refused for, as evidence and waivers name it.
struct GateQuestion {
  std::string check;      // "after.staging", "files.safe", "metrics.accuracy"
  std::string condition;  // as written; "" where the check has none
  friend bool operator==(const GateQuestion&, const GateQuestion&) = default;
};
std::vector<GateQuestion> questions_of(const Gate& gate);
// The same of one part: `gate`, or `gate.warn`.
std::vector<GateQuestion> questions_of(const Questions& questions);

// Why no gate lets anybody waive this check; nullopt when one may.
std::optional<std::string> why_never_waived(std::string_view check);

// How a model is trained.
struct Recipe {
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> inputs;  // role, path relative to the project
  Params params;
  std::map<std::string, ParamRule> param_rules;              // of those params that say what they may be
  std::vector<std::pair<std::string, std::string>> outputs;  // name, path relative to the project
  std::optional<std::string> metrics;  // JSON file that the command writes, relative to the project
  std::optional<std::int64_t> seed;
  std::map<std::string, double> tolerance;  // by metric: how far a reproduction may be off; nothing without an entry
  Conduct conduct;
  BestOf best;                         // of metrics over steps: those whose best value counts
  std::optional<Objective> objective;  // what a search looks for
  std::optional<std::string> on;       // the machine it wants: a profile of the person's settings, or a kind of machine
  // Each after all that it needs. With stages, `outputs` are those of theirs that make up the version, `command` is
  // that of the stage which writes the first of these, and `metrics` is nullopt: each stage may have its own.
  std::vector<RecipeStage> stages;
};

struct ModelPolicy {
  std::string description;
  std::optional<Recipe> train;
  std::optional<PredictionRecipe> predictions;
  MonitorRules monitor;
  std::optional<RetrainRules> retrain;
  std::map<std::string, Gate> gates;  // by stage: what is added to the general gate
};

struct Policy {
  std::vector<std::string> stages = {"staging", "production"};  // in order
  std::map<std::string, Gate> gates;
  std::map<std::string, CommandCheck> checks;
  std::map<std::string, ModelPolicy> models;
  std::map<std::string, Hook> hooks;

  [[nodiscard]] bool has_stage(std::string_view stage) const;
  // The general gate with the model's own joined to it. A gate without any check asks for intact artifacts.
  [[nodiscard]] Gate gate(std::string_view model, std::string_view stage) const;
  [[nodiscard]] const Recipe* recipe(std::string_view model) const;  // nullptr when there is none
};

// Names of the built-in checks a gate may list.
std::vector<std::string> builtin_check_names();

// Reads the whole file and reports every mistake at once: one Error{usage}, its message the first, the others as
// context, each "SOURCE:LINE: …" with the near miss for an unknown key.
Policy parse_policy(std::string_view text, std::string_view source);

// The commented file that `init` writes.
std::string_view starter_policy();

// The placeholders of a command replaced: {params.NAME}, {inputs.NAME}, {outputs.NAME}, {seed}, {metrics}, {files}.
// "{{" and "}}" stand for braces. Throws Error{usage} that names an unknown placeholder and the near miss.
std::vector<std::string> expand_command(const std::vector<std::string>& command,
                                        const std::map<std::string, std::string>& placeholders);

}  // namespace mlops::domain
