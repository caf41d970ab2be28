#include <mlops/domain/policy.hpp>

namespace mlops::domain {

std::string_view starter_policy() {
  return R"toml(# mlops.toml: what a version of a model must pass before it enters a stage, and how models are trained.
#
# Keep this file in git: gates are read from the commit, so that a change to them is reviewed like code.
# `mlops config check` tells whether it is in order; `mlops help policy` explains every key.

# The stages of a model, in the order in which a version goes through them. At most one version holds each.
[stages]
order = ["staging", "production"]

# A gate lists what it asks. Built-in checks: "artifacts.intact" (every file is stored and undamaged), "files.safe"
# (loading the files can't run code that is not known to be harmless), "code.notebooks" (no warnings in notebooks and
# training code) and "git.clean" (registered from a commit, without changes on top).
[gate.staging]
checks = ["artifacts.intact"]

[gate.production]
checks = ["artifacts.intact"]
after = "staging"          # only a version that holds or has held staging
# metrics = ["accuracy >= 0.92", "auc >= production.auc - 0.005"]
# approvals = 1            # distinct people, given with `mlops approve`
# self_approval = false    # whoever registered the version does not count
# required = ["message", "tag.owner"]
# reachable_from = "main"  # the version's commit has been merged

# A check of your own: a command that gets the files of the version and answers by its exit code.
# List it by name: checks = ["artifacts.intact", "smoke"]
#
# [check.smoke]
# command = ["python3", "checks/smoke.py", "{files}"]
# timeout = 60

# How a model is trained. `mlops retrain churn` repeats it, at the commit and with the data of your choice.
#
# [model.churn]
# description = "Customers likely to leave within 30 days"
#
# [model.churn.train]
# command = ["python3", "train.py", "--lr", "{params.lr}", "--data", "{inputs.train}", "--out", "{outputs.model}"]
# inputs  = { train = "data/train.csv" }
# params  = { lr = 0.1 }
# outputs = { model = "model/" }
# metrics = "metrics.json"
# seed    = 7
#
# [model.churn.gate.production]    # adds to [gate.production]
# metrics = ["recall >= 0.80"]
)toml";
}

}  // namespace mlops::domain
