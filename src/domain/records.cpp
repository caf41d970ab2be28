#include <mlops/domain/records.hpp>

#include <fmt/core.h>

#include "enum_names.hpp"

namespace mlops::domain {
namespace {

constexpr EnumNames<RunStatus, 5> run_statuses{{
    {RunStatus::running, "running"},
    {RunStatus::succeeded, "succeeded"},
    {RunStatus::failed, "failed"},
    {RunStatus::interrupted, "interrupted"},
    {RunStatus::stopped, "stopped"},
}};

constexpr EnumNames<ChangeKind, 3> change_kinds{{
    {ChangeKind::promote, "promote"},
    {ChangeKind::rollback, "rollback"},
    {ChangeKind::vacate, "vacate"},
}};

constexpr EnumNames<Decision, 2> decisions{{
    {Decision::approve, "approve"},
    {Decision::reject, "reject"},
}};

constexpr EnumNames<WaiverState, 3> waiver_states{{
    {WaiverState::stands, "stands"},
    {WaiverState::expired, "expired"},
    {WaiverState::withdrawn, "withdrawn"},
}};

}  // namespace

std::string Dataset::text() const { return fmt::format("{}@{}", name, number); }

std::string_view name_of(RunStatus status) { return name_in(run_statuses, status); }
RunStatus parse_run_status(std::string_view text) { return value_in(run_statuses, text, "run status"); }

std::string_view name_of(ChangeKind kind) { return name_in(change_kinds, kind); }
ChangeKind parse_change_kind(std::string_view text) { return value_in(change_kinds, text, "kind of stage change"); }

std::string_view name_of(Decision decision) { return name_in(decisions, decision); }
Decision parse_decision(std::string_view text) { return value_in(decisions, text, "decision"); }

std::string_view name_of(WaiverState state) { return name_in(waiver_states, state); }

WaiverState state_of(const Waiver& waiver, Timestamp now) {
  if (waiver.withdrawn) return WaiverState::withdrawn;
  return waiver.until < now ? WaiverState::expired : WaiverState::stands;
}

}  // namespace mlops::domain
