#include <fmt/core.h>

#include <mlops/app/settings.hpp>
#include <mlops/cli/exit_code.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/runners/cluster.hpp>
#include <mlops/support/text.hpp>

#include "help.hpp"

namespace mlops::cli {

namespace {

std::string exit_codes_text() {
  std::string out = "Exit codes\n\n";
  for (const ExitCodeInfo& info : exit_codes()) {
    constexpr std::size_t left_width = 16;
    out += two_columns(fmt::format("{:>3}  {}", static_cast<int>(info.code), info.name), left_width, info.meaning,
                       Style{false});
  }
  return out + "\nTreat a code that is not in this table as a failure.\n";
}

constexpr std::string_view references_text = R"(References name one version of a model: MODEL@REF

  churn@7                 version 7; churn@v7 is the same
  churn@production        the version that holds a stage now
  churn@champion          the version an alias names now
  churn@1.2.0             the version with this semantic version
  churn@latest            the highest number
  churn@sha256:0123abcd   the version with this digest, at least 8 digits of it
  churn                   the latest, where something is only read; refused
                          where something would change

A model's name is [namespace/]name, each part lower-case letters and digits with
single dots, dashes or underscores between them. Stages and aliases of a model
share one namespace, and can't look like a number, a semantic version, a digest
or `latest`, so a reference is never ambiguous.

A dataset is named alike: train, train@3, train@sha256:0123abcd. A run has a
number: 12.
)";

std::string policy_text() {
  return fmt::format(R"text(The policy: mlops.toml, in git, reviewed like code

  [stages]
  order = ["staging", "production"]

  [gate.staging]                       # what a version must pass to enter
  checks = ["artifacts.intact", "files.safe", "git.clean"]

  [gate.production]
  after          = "staging"           # it holds or has held that stage
  metrics        = ["accuracy >= 0.92 and (auc >= 0.9 or log_loss <= 0.2)",
                    "auc >= production.auc - 0.005"]
  checks         = ["artifacts.intact", "smoke"]
  data           = ["train holds to data/schema.toml",
                    "drift of train from production.train < 0.3"]
  required       = ["message", "tag.owner", "data"]
  reachable_from = "main"              # the commit is on this branch
  approvals      = 1                   # of different people
  self_approval  = false               # the registrant's own doesn't count
  never_waived   = ["smoke"]           # nobody may `mlops waive` it here

  [gate.production.warn]               # told, but no version is refused for it
  checks = ["code.notebooks"]

  [check.smoke]                        # a command that looks at the files
  command = ["python3", "smoke.py", "{{files}}"]
  timeout = 60

  [model.churn]
  description = "Customers likely to leave within 30 days"

  [model.churn.train]                  # the recipe that `retrain` repeats
  command = ["python3", "train.py", "--lr", "{{params.lr}}",
             "--data", "{{inputs.train}}", "--out", "{{outputs.model}}"]
  inputs  = {{ train = "data/train.csv" }}
  params  = {{ lr = 0.1 }}
  outputs = {{ model = "model/" }}
  metrics = "metrics.json"
  seed    = 7

  [model.fraud.train]                  # a recipe in stages: what has not
  outputs = ["model"]                  # changed is reused from earlier runs

  [model.fraud.train.stage.prepare]
  command = ["python3", "prepare.py", "{{outputs.clean}}"]
  outputs = {{ clean = "work/clean.csv" }}
  code    = ["prepare.py"]             # by default the whole project

  [model.fraud.train.stage.train]
  command = ["python3", "train.py", "{{inputs.clean}}", "{{outputs.model}}"]
  outputs = {{ model = "model/" }}
  metrics = "metrics.json"

  [model.churn.gate.production]        # adds to [gate.production]
  metrics = ["recall >= 0.80"]

  [model.churn.retrain]                # when `mlops tick` trains it again
  when     = ["drift.psi > 0.2 for 3 batches", "age > 30d"]
  cooldown = "1d"
  promote  = "staging"                 # through its gate

  [hooks.chat]                         # who is told of what
  on     = ["promoted", "refused"]
  url    = "https://chat.example/hook" # or `command = [...]`
  secret = "CHAT_SECRET"               # a variable of the environment

Gates are read from the commit at HEAD, or from `policy.ref`, never from changes
that are not committed; outside git, from the file as it is. A metric that is
missing, a file that can't be read and a check that crashes are failed checks.
`mlops config check` validates the file. Built-in checks:
{}.
)text",
                     join(domain::builtin_check_names(), ", "));
}

std::string clusters_text() {
  std::string out = R"text(Training on a cluster: `mlops retrain MODEL --on MACHINE`

MACHINE is a profile of your settings, or slurm, which needs none. It is written in ~/.config/mlops/config.toml, or in .mlops/config.toml:

  [profile.gpu]
  kind      = "slurm"
  account   = "vision"
  partition = "a100"
  time      = "4h"                     # longer trainings go on from checkpoints
  sbatch    = ["--constraint=nvlink"]

The training is submitted, and the command returns. `mlops run wait RUN` waits and
takes in what came of it, `run log RUN -f` shows what it prints, `run stop RUN`
ends it, and `retrain --resume RUN` goes on after a mishap. cpu, memory, gpu and
timeout come from the recipe. Without --on the recipe's `on` counts, then the
setting `on`. A profile may have:

)text";
  for (const runners::ProfileKey& key : runners::profile_keys()) {
    constexpr std::size_t left_width = 16;
    const std::string only = key.kind.empty() ? std::string{} : fmt::format(" ({})", key.kind);
    out += two_columns(std::string{key.key}, left_width, std::string{key.meaning} + only, Style{false});
  }
  return out;
}

std::string environment_text() {
  std::string out = "Environment variables that mlops reads\n\n";
  for (const app::SettingInfo& setting : app::known_settings()) {
    constexpr std::size_t left_width = 19;
    out += two_columns(std::string{setting.variable}, left_width, setting.meaning, Style{false});
  }
  out += R"(  MLOPS_ACTOR          who you are, for the audit log (default: the CI's user,
                       git's user.name <user.email>, or login@host)
  NO_COLOR             no colour; CLICOLOR_FORCE=1 always
  XDG_CONFIG_HOME      where your settings stand: mlops/config.toml
  TMPDIR               where work trees and scratch files are made

Variables that a command sees in `mlops run` and `mlops retrain`

  MLOPS_RUN_ID           the number of the run
  MLOPS_MODEL            the model, in `retrain`
  MLOPS_PARAMS           a JSON file with the params
  MLOPS_INPUT_<NAME>     the path of each input
  MLOPS_OUTPUT_<NAME>    where each output belongs
  MLOPS_METRICS          a JSON file to write: numbers, nested names by dots
  MLOPS_CHECKPOINT_DIR   a folder for checkpoints
  MLOPS_SEED             the seed; also as PYTHONHASHSEED

and in a command check

  MLOPS_FILES            the folder with the version's files
  MLOPS_FIGURES          a JSON file it may write: an object of what it measured
  MLOPS_MODEL, MLOPS_VERSION
)";
  return out;
}

}  // namespace

const std::vector<Topic>& topics() {
  static const std::vector<Topic> all = {
      {"exit-codes", "what each exit code means", exit_codes_text()},
      {"references", "how to name a version: MODEL@REF", std::string{references_text}},
      {"policy", "stages, gates, checks and recipes in mlops.toml", policy_text()},
      {"clusters", "trainings as jobs of a cluster, and profiles of machines", clusters_text()},
      {"environment", "variables that mlops reads, and those it sets", environment_text()},
  };
  return all;
}

}  // namespace mlops::cli
