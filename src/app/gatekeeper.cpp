#include "gatekeeper.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/checks/checks.hpp>
#include <mlops/support/directory_lock.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "check_ground.hpp"
#include "data_findings.hpp"
#include "evaluation.hpp"
#include "look_inside.hpp"
#include "stored_files.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t verdicts_to_search = 50;

std::vector<checks::FileState> examine_files(Workspace& workspace, const domain::Version& version,
                                             const std::vector<domain::FileEntry>& files) {
  const auto progress =
      workspace.context().progress(fmt::format("checking {}", version.id.text()), version.total_bytes);
  const auto found = artifacts::verify_files(workspace.artifacts(), files, progress);
  std::vector<checks::FileState> states;
  states.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::string fault;
    if (found[i] == artifacts::Intactness::missing) fault = "missing";
    if (found[i] == artifacts::Intactness::damaged) fault = files[i].uri.empty() ? "damaged" : "changed";
    if (!fault.empty() && !files[i].uri.empty()) fault += " at " + printable(files[i].uri);
    states.push_back({files[i].path, std::move(fault)});
  }
  return states;
}

std::vector<checks::ScannedFile> scan_files(Workspace& workspace, const std::vector<domain::FileEntry>& files) {
  std::vector<checks::ScannedFile> scanned;
  for (const auto& file : formats::scan(StoredFiles{workspace.artifacts(), files}).files) {
    std::string reason;
    for (const auto& finding : file.scan.findings) {
      if (finding.safety == file.scan.safety && reason.empty()) reason = finding.what;
    }
    scanned.push_back({file.path, file.scan.safety, std::move(reason)});
  }
  return scanned;
}

std::vector<checks::NoticedCode> notice_code(Workspace& workspace, const domain::Version& version,
                                             const std::vector<domain::FileEntry>& files) {
  auto warnings = formats::read_code(StoredFiles{workspace.artifacts(), files});
  const auto recipe = read_recipe_code(workspace, version.id.model, version.git);
  warnings.insert(warnings.end(), recipe.begin(), recipe.end());
  std::vector<checks::NoticedCode> noticed;
  for (const auto& warning : warnings) noticed.push_back({warning.rule, warning.place() + ": " + warning.what});
  return noticed;
}

// Runs a command check on the version's files in a folder of its own.
checks::CommandOutcome run_check_command(Workspace& workspace, CheckGround& ground, const domain::CommandCheck& check,
                                         const domain::Version& version, const std::vector<domain::FileEntry>& files) {
  constexpr std::string_view prefix = "mlops-check-";
  remove_stale_directories(workspace.context().temporary_directory, prefix);
  const TemporaryDirectory scratch{workspace.context().temporary_directory, prefix};
  const DirectoryLock in_use{scratch.path()};
  const fs::path folder = scratch.path() / "files";
  const fs::path figures = scratch.path() / "figures.json";
  artifacts::checkout_files(workspace.artifacts(), files, folder, {}, {});

  checks::CommandOutcome outcome;
  try {
    const CapturedOutput captured =
        run_gate_command(workspace, ground,
                         {.name = fmt::format("the check `{}`", check.name),
                          .argv = domain::expand_command(check.command, {{"files", folder.string()}}),
                          .environment = {{"MLOPS_FILES", folder.string()}, {"MLOPS_FIGURES", figures.string()}},
                          .timeout = std::chrono::seconds{check.timeout_seconds}},
                         version.id);
    outcome.exit_code = captured.result.exit_code;
    outcome.timed_out = captured.result.timed_out;
    if (captured.result.signal != 0)
      outcome.failure = fmt::format("it was killed by signal {}", captured.result.signal);
    outcome.last_output = last_lines(captured);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    outcome.failure = error.message();
    return outcome;
  }
  if (fs::exists(figures)) outcome.figures = parse_json(read_file(figures), fmt::format("figures of `{}`", check.name));
  return outcome;
}

// A version's files never change, and neither do the scripts of a commit: a command check that passed under the same
// policy of the same commit need not run again.
std::optional<domain::Evidence> earlier_evidence(const std::vector<domain::Verdict>& verdicts, const std::string& check,
                                                 const PolicySource& source) {
  if (!source.commit) return std::nullopt;
  for (const domain::Verdict& verdict : verdicts) {
    if (verdict.policy_blob != source.blob || verdict.policy_source != source.source) continue;
    for (const domain::Evidence& evidence : verdict.evidence) {
      if (evidence.check != check || evidence.wanted != checks::command_wanted ||
          evidence.result != domain::CheckResult::passed)
        continue;
      domain::Evidence reused = evidence;
      if (reused.reason.empty()) reused.reason = fmt::format("from verdict {}", verdict.id);
      return reused;
    }
  }
  return std::nullopt;
}

// What the registry knows, read at once: the checks may take long, and an open transaction would keep writers waiting.
struct Known {
  std::vector<domain::FileEntry> files;
  std::vector<domain::Verdict> verdicts;
};

Known gather(Workspace& workspace, const domain::Gate& gate, checks::Facts& facts) {
  const domain::VersionId& id = facts.version.id;
  const auto view = workspace.read();
  if (auto summary = view->version_summary(id)) {
    facts.tags = std::move(summary->tags);
    facts.deprecation = std::move(summary->deprecation);
  }
  facts.has_held_after = gate.after && view->has_held(id, *gate.after);
  facts.approvals = view->approvals(id, gate.stage);
  facts.waivers = view->waivers(id, gate.stage);
  return {view->version_files(id), view->verdicts(id, verdicts_to_search)};
}

std::optional<checks::StageHolder> find_holder(Workspace& workspace, const std::string& model,
                                               const std::string& stage) {
  const auto view = workspace.read();
  const auto holding = view->holding(model, stage);
  if (!holding) return std::nullopt;
  const domain::VersionId id{model, holding->version};
  const auto version = view->version(id);
  if (!version)
    throw Error{ErrorKind::integrity, fmt::format("{} holds {} but is not in the registry", id.text(), stage)};
  return checks::StageHolder{id, version->metrics};
}

std::optional<bool> is_reachable(Workspace& workspace, const domain::Version& version, const std::string& branch) {
  if (!version.git || !workspace.repository()) return std::nullopt;
  return workspace.repository()->reachable(version.git->commit, branch);
}

// What conditions on predictions tell groups and slices by.
std::vector<std::string> group_columns(const domain::Gate& gate) {
  std::vector<std::string> columns;
  const auto add = [&columns](const domain::Questions& questions) {
    for (const auto& condition : questions.predictions) {
      for (const auto& part : condition.parts) columns.insert(columns.end(), part.by.begin(), part.by.end());
    }
  };
  add(gate);
  add(gate.warn);
  return columns;
}

}  // namespace

domain::Verdict ask_gate(Workspace& workspace, const PolicySource& source, const domain::Version& version,
                         const std::string& stage) {
  const domain::Policy& policy = source.policy;
  const domain::Gate gate = policy.gate(version.id.model, stage);

  checks::Facts facts;
  facts.version = version;
  if (const auto model = policy.models.find(version.id.model); model != policy.models.end()) {
    facts.model_description = model->second.description;
  }
  facts.now = workspace.now();
  facts.asked_by = workspace.origin().actor;
  const Known known = gather(workspace, gate, facts);
  CheckGround ground{workspace, source};
  facts.holder = [&](const std::string& other) { return find_holder(workspace, version.id.model, other); };
  facts.file_states = [&] { return examine_files(workspace, version, known.files); };
  facts.scanned_files = [&] { return scan_files(workspace, known.files); };
  facts.noticed_code = [&] { return notice_code(workspace, version, known.files); };
  facts.reachable = [&](const std::string& branch) { return is_reachable(workspace, version, branch); };
  facts.run_command = [&](const domain::CommandCheck& check) {
    return run_check_command(workspace, ground, check, version, known.files);
  };

  // Made when the first condition on predictions asks.
  const auto model = policy.models.find(version.id.model);
  const bool can_predict = model != policy.models.end() && model->second.predictions.has_value();
  std::optional<PredictionMaker> maker;
  std::optional<Evaluation> evaluation;
  if (can_predict) {
    maker.emplace(workspace, source, ground, *model->second.predictions, group_columns(gate));
    evaluation.emplace(*maker, version.id, facts.holder);
  }
  facts.measure = [&](const domain::PredictionCondition& condition) {
    if (evaluation) return evaluation->measure(condition);
    checks::Measurement measured;
    measured.fault = fmt::format("the policy says nothing about the predictions of {}: [model.{}.predictions]",
                                 version.id.model, version.id.model);
    return measured;
  };

  GateData data{workspace, ground, version, can_predict ? std::optional{model->second.predictions->data} : std::nullopt,
                facts.holder};
  DataFindings findings{workspace, ground, data};
  facts.look_at_data = [&](const domain::DataCondition& condition) { return findings.look(condition); };

  facts.earlier = [&](const std::string& check) { return earlier_evidence(known.verdicts, check, source); };

  domain::Verdict verdict;
  verdict.version = version.id;
  verdict.stage = stage;
  verdict.evidence = checks::ask(gate, policy.checks, facts);
  if (workspace.context().interrupted()) {
    throw Error{ErrorKind::interrupted,
                fmt::format("interrupted while the gate of {} was asked; nothing is recorded", stage)};
  }
  verdict.result = domain::fold(verdict.evidence);
  verdict.policy_blob = source.blob;
  verdict.policy_source = source.source;
  verdict.tool_version = workspace.context().tool_version;
  verdict.at = workspace.now();
  verdict.by = workspace.origin().actor;
  return verdict;
}

void require_waivers(store::ReadTransaction& view, const domain::Verdict& verdict, Timestamp now) {
  for (const domain::Evidence& evidence : verdict.evidence) {
    if (standing_of(evidence) != domain::Standing::waived) continue;
    const auto waiver = view.waiver(evidence.waiver->id);
    if (waiver && state_of(*waiver, now) == domain::WaiverState::stands) continue;
    Error error{ErrorKind::conflict, fmt::format("the waiver of {} no longer stands", evidence.check)};
    if (waiver && waiver->withdrawn) {
      error.add_hint(fmt::format("{} withdrew it while the gate was asked", printable(waiver->withdrawn->by)));
    }
    error.add_hint(fmt::format("`mlops waivers {}` lists them", verdict.version.text()));
    throw error;
  }
}

void demand_loadable(Workspace& workspace, const PolicySource& source, const domain::Version& version) {
  domain::Gate gate;
  for (const std::string_view name : {"artifacts.intact", "files.safe"}) {
    const bool is_asked = std::ranges::any_of(source.policy.stages, [&](const std::string& stage) {
      const auto checks = source.policy.gate(version.id.model, stage).checks;
      return std::ranges::find(checks, name) != checks.end();
    });
    if (is_asked) gate.checks.emplace_back(name);
  }
  std::vector<domain::FileEntry> files;
  {
    const auto view = workspace.read();
    files = view->version_files(version.id);
  }
  checks::Facts facts;
  facts.version = version;
  facts.file_states = [&] { return examine_files(workspace, version, files); };
  facts.scanned_files = [&] { return scan_files(workspace, files); };
  for (const domain::Evidence& evidence : checks::ask(gate, {}, facts)) {
    if (evidence.result == domain::CheckResult::passed) continue;
    throw Error{ErrorKind::refused, fmt::format("nothing is predicted with {}, for {} did not pass: {}",
                                                version.id.text(), evidence.check, evidence.reason)};
  }
}

}  // namespace mlops::app
