// All questions of one gate, in its order.
#include <algorithm>
#include <chrono>
#include <exception>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

using domain::CheckResult;
using domain::Evidence;

class Inquiry {
 public:
  Inquiry(const domain::Gate& gate, const std::map<std::string, domain::CommandCheck>& commands, const Facts& facts)
      : gate_{gate}, commands_{commands}, facts_{facts} {}

  // Of what is asked from now on.
  void set_severity(domain::Severity severity) { severity_ = severity; }

  void ask_all(const domain::Questions& questions) {
    // First what decides whether anything may load the files.
    std::vector<std::string> names = questions.checks;
    std::ranges::stable_partition(names,
                                  [](const auto& name) { return name == "artifacts.intact" || name == "files.safe"; });
    for (const std::string& name : names) ask_named(name);
    if (questions.reachable_from) {
      ask("git.reachable", fmt::format("commit reachable from {}", *questions.reachable_from),
          [&] { return git_reachable(*questions.reachable_from, facts_); });
    }
    for (const std::string& name : questions.required) {
      ask("required." + name, "", [&] { return required_fact(name, facts_); });
    }
    for (const auto& condition : questions.metrics) {
      ask(condition_name("metrics", condition), condition.text, [&] { return metric_condition(condition, facts_); });
    }
    for (const domain::DataCondition& condition : questions.data) {
      ask(check_name(condition), condition.text, [&] { return data_condition(condition, facts_); });
    }
    for (const auto& condition : questions.predictions) ask_predictions(condition);
  }

  // Asks one question. Whatever goes wrong on the way is the answer `error`, so that the other questions are still
  // asked.
  template <typename Question>
  void ask(std::string check, std::string wanted, const Question& question) {
    const auto begin = std::chrono::steady_clock::now();
    Evidence evidence = make_evidence(std::move(check), std::move(wanted));
    try {
      evidence = question();
    } catch (const Error& error) {
      // A person who pressed Ctrl-C wants no verdict.
      if (error.kind() == ErrorKind::interrupted) throw;
      evidence = errored(std::move(evidence), error.message());
    } catch (const std::exception& error) {
      evidence = errored(std::move(evidence), error.what());
    }
    const auto duration = std::chrono::steady_clock::now() - begin;
    evidence.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    keep(std::move(evidence));
  }

  std::vector<Evidence> answers() && { return std::move(answers_); }

 private:
  // Evidence that was found earlier comes with the severity of another gate.
  void keep(Evidence evidence) {
    evidence.severity = severity_;
    evidence.waiver.reset();
    note_waiver(evidence, gate_, facts_);
    answers_.push_back(std::move(evidence));
  }

  void ask_named(const std::string& name) {
    if (name == "artifacts.intact")
      return ask(name, "every file stored and undamaged", [&] { return artifacts_intact(facts_); });
    if (name == "files.safe") return ask(name, "every file allowlisted", [&] { return files_safe(facts_); });
    if (name == "code.notebooks") return ask(name, "no warnings", [&] { return code_notebooks(facts_); });
    if (name == "git.clean") return ask(name, "registered from a clean commit", [&] { return git_clean(facts_); });
    const auto command = commands_.find(name);
    if (command == commands_.end()) {
      keep(errored(make_evidence(name, "passed"), fmt::format("there is no check `{}` in the policy", name)));
    } else if (skipped(name, std::string{command_wanted})) {
      return;
    } else if (auto earlier = facts_.earlier ? facts_.earlier(name) : std::nullopt) {
      keep(std::move(*earlier));
    } else {
      ask(name, std::string{command_wanted}, [&] { return command_check(command->second, facts_); });
    }
  }

  void ask_predictions(const domain::Compound<domain::PredictionCondition>& condition) {
    const std::string name = condition_name("predictions", condition);
    if (skipped(name, condition.text)) return;
    ask(name, condition.text, [&] { return prediction_condition(condition, facts_); });
  }

  bool refuses(std::string_view check) const {
    return std::ranges::any_of(
        answers_, [&](const Evidence& e) { return e.check == check && standing_of(e) == domain::Standing::refuses; });
  }

  // A command would load what is damaged, or run what a file hides: nothing is asked of it then. Whoever waives
  // `files.safe` answers for loading them.
  bool skipped(const std::string& check, const std::string& wanted) {
    const bool is_damaged = refuses("artifacts.intact");
    if (!is_damaged && !refuses("files.safe")) return false;
    Evidence evidence = make_evidence(check, wanted);
    evidence.result = CheckResult::skipped;
    evidence.reason = is_damaged ? "the files are not intact" : "the files are not safe to load";
    keep(std::move(evidence));
    return true;
  }

  const domain::Gate& gate_;
  const std::map<std::string, domain::CommandCheck>& commands_;
  const Facts& facts_;
  domain::Severity severity_ = domain::Severity::block;
  std::vector<Evidence> answers_;
};

bool has_rejection(const Facts& facts) {
  return std::ranges::any_of(facts.approvals,
                             [](const auto& approval) { return approval.decision == domain::Decision::reject; });
}

}  // namespace

std::vector<Evidence> ask(const domain::Gate& gate, const std::map<std::string, domain::CommandCheck>& commands,
                          const Facts& facts) {
  Inquiry inquiry{gate, commands, facts};
  if (facts.deprecation) inquiry.ask("not_deprecated", "not deprecated", [&] { return not_deprecated(facts); });
  if (gate.after) inquiry.ask("after." + *gate.after, "", [&] { return held_before(*gate.after, facts); });
  inquiry.ask_all(gate);
  // Somebody's "no" counts even where nobody's "yes" is asked for.
  if (gate.approvals > 0 || has_rejection(facts)) inquiry.ask("approvals", "", [&] { return approvals(gate, facts); });
  inquiry.set_severity(domain::Severity::warn);
  inquiry.ask_all(gate.warn);
  return std::move(inquiry).answers();
}

}  // namespace mlops::checks
