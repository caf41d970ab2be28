// A version that passes every check, for the tests to spoil one fact of.
#pragma once

#include <mlops/checks/checks.hpp>
#include <mlops/support/error.hpp>

inline mlops::checks::Facts good_facts() {
  using namespace mlops;
  checks::Facts facts;
  facts.version.id = {"cancer", 2};
  facts.version.message = "more data";
  facts.version.metrics = {{"accuracy", 0.931}, {"roc_auc", 0.98}};
  facts.version.params = {{"lr", Json{0.1}}};
  facts.version.git = domain::GitState{
      .commit = "1a2b3c4d5e6f", .branch = "main", .remote = {}, .path = {}, .dirty = false, .diff = {}};
  facts.version.registered_by = "Ada <ada@example.org>";
  facts.asked_by = "Grace <grace@example.org>";
  facts.tags = {{"owner", "risk"}};
  facts.has_held_after = true;
  facts.holder = [](const std::string&) {
    return checks::StageHolder{.version = {"cancer", 1}, .metrics = {{"accuracy", 0.947}}};
  };
  facts.file_states = [] { return std::vector<checks::FileState>{{"model.bin", ""}, {"MLmodel", ""}}; };
  facts.scanned_files = [] {
    return std::vector<checks::ScannedFile>{{"model.bin", domain::Safety::allowlisted, ""},
                                            {"MLmodel", domain::Safety::allowlisted, ""}};
  };
  facts.noticed_code = [] { return std::vector<checks::NoticedCode>{}; };
  facts.reachable = [](const std::string&) { return true; };
  facts.run_command = [](const domain::CommandCheck&) {
    return checks::CommandOutcome{.exit_code = 0, .timed_out = false, .failure = {}, .figures = {}, .last_output = {}};
  };
  return facts;
}

inline mlops::domain::Compound<mlops::domain::Condition> condition(std::string_view text) {
  return mlops::domain::parse_condition(
      text, [](std::string_view word) { return word == "production" || word == "staging"; });
}

inline mlops::domain::Approval word(mlops::domain::Decision decision, const std::string& by,
                                    const std::string& reason = "") {
  mlops::domain::Approval approval;
  approval.decision = decision;
  approval.by = by;
  approval.reason = reason;
  return approval;
}
