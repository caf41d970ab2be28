#include "stages_text.hpp"

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "table.hpp"

namespace mlops::cli {

namespace {

Tone stage_tone(domain::StageStatus status) {
  switch (status) {
    case domain::StageStatus::succeeded:
      return Tone::good;
    case domain::StageStatus::failed:
    case domain::StageStatus::interrupted:
      return Tone::bad;
    default:
      return Tone::plain;
  }
}

std::string how(const domain::StageRun& stage) {
  if (stage.reused_from) return fmt::format("reused from run {}", *stage.reused_from);
  return std::string{name_of(stage.status)};
}

std::string exit_text(const domain::StageRun& stage) {
  if (stage.attempts.empty() || !stage.attempts.back().exit_code) return {};
  return std::to_string(*stage.attempts.back().exit_code);
}

std::string time_taken(const domain::StageRun& stage, Timestamp now) {
  if (!stage.started_at) return {};
  return duration_text(stage.ended_at.value_or(now).milliseconds - stage.started_at->milliseconds);
}

// Of one that failed, how; of one that ran, why it did.
std::string reason_text(const domain::StageRun& stage) {
  return printable(stage.failure.empty() ? stage.why : stage.failure);
}

}  // namespace

bool is_reused(const domain::StageRun& stage) { return stage.status == domain::StageStatus::reused; }

std::string stages_text(const Style& style, std::size_t columns, Timestamp now,
                        const std::vector<domain::StageRun>& stages) {
  if (stages.empty()) return {};
  Table table{{"STAGE", "STATUS", "TOOK", "EXIT", "WHY"}};
  table.soft({"WHY"});
  for (const domain::StageRun& stage : stages) {
    table.add({{stage.name, Tone::bold},
               {how(stage), stage_tone(stage.status)},
               {time_taken(stage, now)},
               {exit_text(stage)},
               {reason_text(stage)}});
  }
  return table.text(style, columns, "  ");
}

std::string planned_stages_text(const Style& style, std::size_t columns, const std::vector<domain::StageRun>& stages) {
  if (stages.empty()) return {};
  Table table{{"STAGE", "PLAN", "WHY"}};
  table.soft({"WHY"});
  for (const domain::StageRun& stage : stages) {
    const bool is_open = stage.depends.empty();  // on what the stages before will make
    const std::string plan = is_reused(stage) ? fmt::format("reuse from run {}", *stage.reused_from)
                             : is_open        ? std::string{"may run"}
                                              : std::string{"run"};
    table.add({{stage.name, Tone::bold}, {plan}, {reason_text(stage)}});
  }
  return table.text(style, columns, "  ");
}

}  // namespace mlops::cli
