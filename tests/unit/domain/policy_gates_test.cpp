// Warnings and waivers in the gates of a policy.
#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

using Texts = std::vector<std::string>;

Policy policy_of(std::string_view text) { return parse_policy(text, "mlops.toml"); }

Texts mistakes_in(std::string_view text) {
  const auto error = error_of([&] { policy_of(text); });
  if (!error) return {};
  Texts lines = {error->message()};
  lines.insert(lines.end(), error->context().begin(), error->context().end());
  return lines;
}

}  // namespace

TEST_CASE("a gate may ask for something as a warning, in a table or in one line") {
  const Gate table = policy_of(R"(
[gate.production]
metrics = ["accuracy >= 0.9"]
[gate.production.warn]
checks = ["code.notebooks"]
metrics = ["accuracy >= 0.95", "auc >= 0.9 or log_loss <= 0.2"]
predictions = ["accuracy >= 0.95"]
required = ["tag.owner"]
reachable_from = "main"
)")
                         .gate("churn", "production");
  CHECK(table.warn.checks == Texts{"code.notebooks"});
  REQUIRE(table.warn.metrics.size() == 2);
  CHECK(table.warn.metrics[1].parts.size() == 2);
  CHECK(table.warn.predictions.size() == 1);
  CHECK(table.warn.required == Texts{"tag.owner"});
  CHECK(table.warn.reachable_from == "main");
  CHECK(table.metrics.size() == 1);
  const Gate line = policy_of("[gate.staging]\nwarn = { checks = [\"git.clean\"] }\n").gate("churn", "staging");
  CHECK(line.warn.checks == Texts{"git.clean"});
  CHECK(line.checks == Texts{"artifacts.intact"});  // warnings alone would let anything in
}

TEST_CASE("a model's own gate adds warnings, and what it asks in earnest is no warning any more") {
  const Gate gate = policy_of(R"(
[gate.production.warn]
checks = ["code.notebooks", "git.clean"]
metrics = ["accuracy >= 0.95"]
[model.churn.gate.production]
checks = ["git.clean"]
metrics = ["accuracy >= 0.95"]
warn = { required = ["message"] }
)")
                        .gate("churn", "production");
  CHECK(gate.checks == Texts{"git.clean"});
  CHECK(gate.warn.checks == Texts{"code.notebooks"});
  CHECK(gate.warn.metrics.empty());
  CHECK(gate.warn.required == Texts{"message"});
}

TEST_CASE("what is asked in earnest can't be made a warning") {
  CHECK(mistakes_in(R"([gate.production]
checks = ["files.safe"]
metrics = ["accuracy >= 0.9"]
[gate.production.warn]
checks = ["files.safe", "artifacts.intact"]
[model.churn.gate.production.warn]
metrics = [
  "recall >= 0.8",
  "accuracy >= 0.9",
]
)") == Texts{"mlops.toml:5: [gate.production.warn]: `files.safe` can't be a warning: the same gate asks for it",
             "mlops.toml:5: [gate.production.warn]: `artifacts.intact` can't be a warning: what is missing or damaged "
             "is not what was registered, and no word mends it",
             "mlops.toml:9: [model.churn.gate.production.warn]: `accuracy >= 0.9` can't be a warning: "
             "[gate.production] asks for it"});
}

TEST_CASE("mistakes in warnings are told like all others") {
  CHECK(
      mistakes_in(R"toml([gate.production.warn]
metrcs = ["accuracy >= 0.9"]
checks = ["code.notebook"]
approvals = 1
predictions = ["acuracy >= 0.9 and (auc >= 0.8 or f1 >= 0.7)"]
)toml") ==
      Texts{"mlops.toml:2: [gate.production.warn]: unknown key `metrcs`, did you mean `metrics`?",
            "mlops.toml:3: [gate.production.warn]: unknown check `code.notebook`, did you mean `code.notebooks`?",
            "mlops.toml:4: [gate.production.warn]: unknown key `approvals` (known: checks, metrics, data, predictions, "
            "required, reachable_from)",
            "mlops.toml:5: [gate.production.warn]: can't read the condition `acuracy >= 0.9 and (auc >= 0.8 or f1 >= "
            "0.7)` at column 1: there is no metric `acuracy` (did you mean `accuracy`?)"});
  CHECK(mistakes_in("[gate.production]\nwarn = 1\n") ==
        Texts{"mlops.toml:2: [gate.production.warn] must be a table, not an integer"});
}

TEST_CASE("a gate may forbid waivers, of all checks or of some, and a model's own gate can't allow them again") {
  const Policy policy = policy_of(R"(
[gate.staging]
waivers = false
[gate.production]
checks = ["files.safe"]
metrics = ["accuracy >= 0.9"]
never_waived = ["files.safe"]
[model.churn.gate.staging]
waivers = true
[model.churn.gate.production]
never_waived = ["metrics.accuracy"]
)");
  CHECK_FALSE(policy.gate("churn", "staging").waivers);
  CHECK(policy.gate("other", "production").waivers);
  CHECK(policy.gate("other", "production").never_waived == Texts{"files.safe"});
  CHECK(policy.gate("churn", "production").never_waived == Texts{"files.safe", "metrics.accuracy"});
  CHECK(mistakes_in("[gate.production]\nchecks = [\"files.safe\"]\nnever_waived = [\"file.safe\"]\n") ==
        Texts{"mlops.toml:3: [gate.production]: the gate asks no check `file.safe`, did you mean `files.safe`?"});
}

TEST_CASE("the questions of a gate have the names that evidence and waivers use") {
  const Gate gate = policy_of(R"(
[gate.production]
after = "staging"
checks = ["files.safe"]
required = ["message"]
metrics = ["accuracy >= 0.9 or auc >= 0.9"]
predictions = ["recall by region >= 0.7"]
reachable_from = "main"
approvals = 1
)")
                        .gate("churn", "production");
  CHECK(questions_of(gate) == std::vector<GateQuestion>{{"after.staging", ""},
                                                        {"files.safe", ""},
                                                        {"git.reachable", ""},
                                                        {"required.message", ""},
                                                        {"metrics.accuracy+auc", "accuracy >= 0.9 or auc >= 0.9"},
                                                        {"predictions.recall", "recall by region >= 0.7"},
                                                        {"approvals", ""}});
  CHECK(why_never_waived("artifacts.intact"));
  CHECK(why_never_waived("approvals"));
  CHECK_FALSE(why_never_waived("files.safe"));
}
