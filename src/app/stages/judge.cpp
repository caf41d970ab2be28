#include "stages/judge.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

constexpr std::size_t runs_in_a_page = 50;
// What was done longer ago is done again: looking further would cost more than most stages.
constexpr std::size_t most_runs_looked_at = 1000;

}  // namespace

bool StageJudge::load_more() {
  if (all_loaded_ || earlier_.size() >= most_runs_looked_at) return false;
  auto page = workspace_.read()->runs(whole_.run.model, runs_in_a_page, next_page_);
  for (domain::Run& run : page.items) {
    if (run.number == whole_.run.number) continue;
    earlier_.push_back(
        {.number = run.number, .stages = domain::execution_of(run).stages, .environment = std::move(run.environment)});
  }
  next_page_ = page.next;
  all_loaded_ = !page.next;
  return true;
}

std::optional<EarlierStage> StageJudge::newest(const std::string& name, const IsWanted& is_wanted) {
  for (std::size_t i = 0; i < earlier_.size() || load_more();) {
    for (; i < earlier_.size(); ++i) {
      const domain::StageRun* const stage = domain::find_stage(earlier_[i].stages, name);
      if (stage == nullptr || !stage->is_done() || !stage->key) continue;
      EarlierStage found{.run = earlier_[i].number, .stage = *stage, .environment = earlier_[i].environment};
      if (is_wanted(found)) return found;
    }
  }
  return std::nullopt;
}

bool StageJudge::has_objects(const domain::StageRun& stage) {
  artifacts::ArtifactStore& store = workspace_.artifacts();
  if (stage.series && !store.has(*stage.series)) return false;
  return std::ranges::all_of(stage.outputs, [&](const domain::RunOutput& output) {
    return std::ranges::all_of(output.files, [&](const domain::FileEntry& file) { return store.has(file.digest); });
  });
}

// Beside the newest result of the same stage.
std::string StageJudge::reason(const domain::StageRun& stage, const Dependencies& now) {
  if (fresh_) return "all stages are to run";
  const auto latest = newest(stage.name, [](const EarlierStage&) { return true; });
  if (!latest) return "it has not run before";
  const std::string changes = change_text(latest->stage.depends, now);
  if (!changes.empty()) return fmt::format("since run {}: {}", latest->run, changes);
  return fmt::format("its outputs in run {} are no longer in the store", latest->run);
}

std::optional<EarlierStage> StageJudge::decide(domain::StageRun& stage) {
  Dependencies now = own_dependencies(workspace_, whole_, stage, interpreters_);
  now.merge(needed_outputs(whole_.execution.stages, stage));
  stage.key = key_of(now);
  std::optional<EarlierStage> same;
  if (!fresh_) {
    same = newest(stage.name, [&](const EarlierStage& earlier) {
      return earlier.stage.key == stage.key && has_objects(earlier.stage);
    });
  }
  if (same && same->stage.log && !workspace_.artifacts().has(*same->stage.log)) same->stage.log = std::nullopt;
  stage.why = same ? std::string{} : reason(stage, now);
  stage.depends = std::move(now);
  return same;
}

std::vector<std::string> StageJudge::open_needs(const domain::StageRun& stage) const {
  std::vector<std::string> open;
  for (const std::string& name : stage.needs) {
    const domain::StageRun* const needed = domain::find_stage(whole_.execution.stages, name);
    if (needed != nullptr && !needed->is_done()) open.push_back(name);
  }
  return open;
}

// Why it runs whatever the stages before it make; nullopt when that depends on them.
std::optional<std::string> StageJudge::own_reason(const domain::StageRun& stage, const Dependencies& now) {
  const auto latest = newest(stage.name, [](const EarlierStage&) { return true; });
  if (fresh_ || !latest) return reason(stage, now);
  Dependencies before = latest->stage.depends;
  std::erase_if(before, [](const auto& entry) { return entry.first.starts_with("output "); });
  const std::string changes = change_text(before, now);
  if (changes.empty()) return std::nullopt;
  return fmt::format("since run {}: {}", latest->run, changes);
}

void StageJudge::foresee(domain::StageRun& stage) {
  const std::vector<std::string> open = open_needs(stage);
  if (open.empty()) {
    if (const auto same = decide(stage)) take_over_stage(*same, stage);
    return;
  }
  const Dependencies now = own_dependencies(workspace_, whole_, stage, interpreters_);
  const auto why = own_reason(stage, now);
  stage.why = why.value_or(fmt::format("if {} makes something new", join(open, " or ")));
  stage.depends = why ? now : Dependencies{};  // on what nobody knows yet
}

std::optional<EarlierStage> StageJudge::settle(domain::StageRun& stage) {
  const std::vector<std::string> open = open_needs(stage);
  if (open.empty()) return decide(stage);
  Dependencies now = own_dependencies(workspace_, whole_, stage, interpreters_);
  stage.why = own_reason(stage, now).value_or(fmt::format("since {} runs", join(open, " and ")));
  stage.depends = std::move(now);
  return std::nullopt;
}

void take_over_stage(const EarlierStage& earlier, domain::StageRun& stage) {
  stage.status = domain::StageStatus::reused;
  stage.reused_from = earlier.stage.reused_from.value_or(earlier.run);
  stage.why = "nothing that it depends on has changed";
  stage.command = earlier.stage.command;
  stage.outputs = earlier.stage.outputs;
  stage.metrics = earlier.stage.metrics;
  stage.series = earlier.stage.series;
  stage.log = earlier.stage.log;
}

}  // namespace mlops::app
