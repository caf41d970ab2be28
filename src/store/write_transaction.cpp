// The half of a change that is the same for every engine: what may be changed, and the event that tells of it.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "alias_state.hpp"
#include "present.hpp"

namespace mlops::store {

namespace {

using domain::VersionId;

Json state_of(const domain::Tags& tags) { return tags.empty() ? Json{} : domain::to_json(tags); }

template <typename T>
Json state_of(const std::optional<T>& value) {
  return value ? domain::to_json(*value) : Json{};
}

VersionSummary existing(ReadTransaction& view, const VersionId& id) {
  auto summary = view.version_summary(id);
  if (!summary) throw Error{ErrorKind::not_found, fmt::format("there is no version `{}` in the registry", id.text())};
  return *std::move(summary);
}

std::uint64_t total_of(const std::vector<domain::FileEntry>& files) {
  std::uint64_t total = 0;
  for (const auto& file : files) total += file.size;
  return total;
}

// Inputs are kept by role, which therefore names one dataset.
void order_by_role(std::vector<domain::DataUse>& data) {
  std::sort(data.begin(), data.end(), [](const auto& a, const auto& b) { return a.role < b.role; });
  const auto twice =
      std::adjacent_find(data.begin(), data.end(), [](const auto& a, const auto& b) { return a.role == b.role; });
  if (twice != data.end()) throw Error{ErrorKind::usage, fmt::format("two inputs have the name `{}`", twice->role)};
}

Error someone_else_changed(const domain::StageChange& wanted, const std::optional<domain::StageChange>& current) {
  const auto expected = wanted.previous ? fmt::format("not {}@{}", wanted.model, *wanted.previous) : "and not free";
  Error error{ErrorKind::conflict, ""};
  if (current) {
    const std::string_view how = current->kind == domain::ChangeKind::promote ? "promoted" : "rolled back to";
    error = Error{ErrorKind::conflict,
                  fmt::format("{} of {} is now held by {}@{}, {} by {} at {}, {}", wanted.stage, wanted.model,
                              wanted.model, current->version, how, current->by, rfc3339(current->at), expected)};
  } else {
    error =
        Error{ErrorKind::conflict, fmt::format("{} of {} is held by nobody, {}", wanted.stage, wanted.model, expected)};
  }
  error.add_hint(fmt::format("look at `mlops history {} --stage {}`, then decide again", wanted.model, wanted.stage));
  return error;
}

std::string_view kind_of(domain::ChangeKind kind) {
  switch (kind) {
    case domain::ChangeKind::promote:
      return "stage.promoted";
    case domain::ChangeKind::rollback:
      return "stage.rolled_back";
    case domain::ChangeKind::vacate:
      return "stage.vacated";
  }
  return "";
}

std::optional<domain::StageChange> latest_change(ReadTransaction& view, const std::string& model,
                                                 const std::string& stage) {
  auto changes = view.stage_changes(model, stage, std::nullopt, 1);
  if (changes.empty()) return std::nullopt;
  return std::move(changes.front());
}

}  // namespace

VersionSummary present(ReadTransaction& view, const VersionId& id) {
  VersionSummary summary = existing(view, id);
  if (summary.deletion) throw was_deleted(id, *summary.deletion);
  return summary;
}

Error was_deleted(const VersionId& id, const domain::Deletion& deletion) {
  const std::string why = deletion.reason.empty() ? "" : ": " + printable(deletion.reason);
  return {ErrorKind::not_found,
          fmt::format("{} was deleted at {} by {}{}", id.text(), rfc3339(deletion.at), deletion.by, why),
          {fmt::format("`mlops show {}` tells what it was", id.text())}};
}

WriteTransaction::WriteTransaction(domain::Origin origin, Timestamp now) : origin_{std::move(origin)}, now_{now} {}

void WriteTransaction::record(std::string kind, std::string subject, Json before, Json after) {
  domain::MerkleFrontier head = view().log_head();
  domain::Event event;
  event.sequence = head.size() + 1;
  event.at = now_;
  event.origin = origin_;
  event.kind = std::move(kind);
  event.subject = std::move(subject);
  event.before = std::move(before);
  event.after = std::move(after);
  const std::string canonical = domain::canonical_event(event);
  const Digest leaf = domain::leaf_hash(canonical);
  head.append(leaf);
  do_append_event(event, canonical, leaf, head);
  if (hooks_of_) owe(event);
}

domain::Model WriteTransaction::ensure_model(const std::string& name) {
  if (auto known = view().model(name)) return *std::move(known);
  domain::Model model{.name = name, .created_at = now_, .created_by = origin_.actor};
  do_insert_model(model);
  record("model.created", domain::subject_of(model), {}, domain::to_json(model));
  return model;
}

domain::Version WriteTransaction::add_version(domain::Version version, const std::vector<domain::FileEntry>& files) {
  if (version.semver) {
    if (const auto taken = view().find_by_semver(version.id.model, *version.semver)) {
      throw Error{ErrorKind::conflict, fmt::format("{} of {} is taken by {}@{}", version.semver->text(),
                                                   version.id.model, version.id.model, *taken)};
    }
  }
  order_by_role(version.data);
  version.file_count = static_cast<std::int64_t>(files.size());
  version.total_bytes = total_of(files);
  version.references = domain::references_of(files);
  version.registered_at = now_;
  version.registered_by = origin_.actor;
  version.id.number = do_insert_version(version, files);
  record("version.registered", domain::subject_of(version), {}, domain::event_state(version));
  return version;
}

void WriteTransaction::set_tags(const VersionId& id, const domain::Tags& tags) {
  const auto before = present(view(), id).tags;
  if (before == tags) return;
  do_replace_tags(id, tags);
  record("version.tagged", domain::tags_subject(id), state_of(before), state_of(tags));
}

void WriteTransaction::deprecate(const VersionId& id, const std::string& reason) {
  const auto before = present(view(), id).deprecation;
  if (before && before->reason == reason) return;
  const domain::Deprecation after{.reason = reason, .at = now_, .by = origin_.actor};
  do_set_deprecation(id, after);
  record("version.deprecated", domain::deprecation_subject(id), state_of(before), domain::to_json(after));
}

void WriteTransaction::undeprecate(const VersionId& id) {
  const auto before = present(view(), id).deprecation;
  if (!before) return;
  do_set_deprecation(id, std::nullopt);
  record("version.undeprecated", domain::deprecation_subject(id), state_of(before), {});
}

void WriteTransaction::delete_version(const VersionId& id, const std::string& reason) {
  const VersionSummary summary = existing(view(), id);
  if (summary.deletion) return;
  if (!summary.stages.empty()) {
    throw Error{ErrorKind::conflict, fmt::format("{} holds {}", id.text(), join(summary.stages, " and "))};
  }
  if (!summary.aliases.empty()) {
    throw Error{ErrorKind::conflict, fmt::format("{} is called {}", id.text(), join(summary.aliases, " and "))};
  }
  const domain::Deletion deletion{.reason = reason, .at = now_, .by = origin_.actor};
  do_insert_deletion(id, deletion);
  record("version.deleted", domain::deletion_subject(id), {}, domain::to_json(deletion));
}

void WriteTransaction::set_alias(const std::string& model, const std::string& alias,
                                 std::optional<std::int64_t> target) {
  if (target) {
    present(view(), {model, *target});
    if (view().holding(model, alias)) {
      throw Error{ErrorKind::conflict, fmt::format("`{}` is a stage of {}, so it can't be an alias too", alias, model)};
    }
  }
  Json before;
  for (const auto& known : view().aliases(model)) {
    if (known.alias != alias) continue;
    if (known.version == target) return;
    before = alias_state(model, alias, known.version);
  }
  if (!target && before.is_null()) return;
  do_set_alias(model, alias, target);
  record(target ? "alias.set" : "alias.removed", domain::alias_subject(model, alias), std::move(before),
         target ? alias_state(model, alias, *target) : Json{});
}

domain::StageChange WriteTransaction::change_stage(domain::StageChange change) {
  if (change.kind == domain::ChangeKind::vacate) {
    change.version = 0;
  } else {
    present(view(), {change.model, change.version});
  }
  const auto holding = view().holding(change.model, change.stage);
  const auto holder = holding ? std::optional{holding->version} : std::nullopt;
  if (holder != change.previous) throw someone_else_changed(change, holding);
  if (!holder && change.kind == domain::ChangeKind::vacate) throw someone_else_changed(change, holding);
  for (const auto& known : view().aliases(change.model)) {
    if (known.alias != change.stage) continue;
    throw Error{
        ErrorKind::conflict,
        fmt::format("`{}` is an alias of {}@{}, so it can't be a stage too", change.stage, change.model, known.version),
        {"remove the alias, or choose another name for the stage"}};
  }
  change.at = now_;
  change.by = origin_.actor;
  // A stage that nobody holds any more still has a state: the change that left it empty.
  Json before = state_of(latest_change(view(), change.model, change.stage));
  change.id = do_insert_stage_change(change);
  record(std::string{kind_of(change.kind)}, domain::stage_subject(change.model, change.stage), std::move(before),
         domain::to_json(change));
  return change;
}

domain::Verdict WriteTransaction::add_verdict(domain::Verdict verdict) {
  verdict.at = now_;
  verdict.by = origin_.actor;
  verdict.id = do_insert_verdict(verdict);
  record("verdict.recorded", domain::subject_of(verdict), {}, domain::event_state(verdict));
  return verdict;
}

domain::Approval WriteTransaction::add_approval(domain::Approval approval) {
  approval.at = now_;
  approval.by = origin_.actor;
  approval.id = do_insert_approval(approval);
  record(approval.decision == domain::Decision::approve ? "approval.given" : "approval.rejected",
         domain::subject_of(approval), {}, domain::to_json(approval));
  return approval;
}

domain::Waiver WriteTransaction::add_waiver(domain::Waiver waiver) {
  present(view(), waiver.version);
  waiver.at = now_;
  waiver.by = origin_.actor;
  waiver.withdrawn.reset();
  waiver.id = do_insert_waiver(waiver);
  record("waiver.given", domain::subject_of(waiver), {}, domain::to_json(waiver));
  return waiver;
}

domain::Waiver WriteTransaction::withdraw_waiver(std::int64_t id, const std::string& reason) {
  const auto before = view().waiver(id);
  if (!before) throw Error{ErrorKind::not_found, fmt::format("there is no waiver {} in the registry", id)};
  if (before->withdrawn) {
    throw Error{ErrorKind::conflict, fmt::format("waiver {} was withdrawn by {} at {}", id, before->withdrawn->by,
                                                 rfc3339(before->withdrawn->at))};
  }
  domain::Waiver after = *before;
  after.withdrawn = {.reason = reason, .at = now_, .by = origin_.actor};
  do_insert_withdrawal(id, *after.withdrawn);
  record("waiver.withdrawn", domain::subject_of(after), domain::to_json(*before), domain::to_json(after));
  return after;
}

domain::Dataset WriteTransaction::add_dataset(domain::Dataset dataset, const std::vector<domain::FileEntry>& files) {
  dataset.file_count = static_cast<std::int64_t>(files.size());
  dataset.total_bytes = total_of(files);
  dataset.references = domain::references_of(files);
  dataset.added_at = now_;
  dataset.added_by = origin_.actor;
  dataset.number = do_insert_dataset(dataset, files);
  record("dataset.added", domain::subject_of(dataset), {}, domain::event_state(dataset));
  return dataset;
}

void WriteTransaction::release_run(std::int64_t number) {
  const domain::RunRelease release{.run = number, .at = now_, .by = origin_.actor};
  if (!do_insert_release(release)) return;
  record("run.released", domain::subject_of(release), {}, domain::to_json(release));
}

domain::Collection WriteTransaction::add_collection(domain::Collection collection) {
  collection.at = now_;
  collection.by = origin_.actor;
  collection.id = do_insert_collection(collection);
  record("artifacts.collected", domain::subject_of(collection), {}, domain::to_json(collection));
  return collection;
}

domain::Run WriteTransaction::start_run(domain::Run run) {
  order_by_role(run.inputs);
  if (run.started_at == Timestamp{}) run.started_at = now_;
  run.started_by = origin_.actor;
  run.number = do_insert_run(run);
  record("run.started", domain::subject_of(run), {}, domain::event_state(run));
  return run;
}

void WriteTransaction::advance_run(const domain::Run& run) {
  const auto before = view().run(run.number);
  if (!before) throw Error{ErrorKind::not_found, fmt::format("there is no run {} in the registry", run.number)};
  if (before->status != run.status) {
    throw Error{ErrorKind::conflict,
                fmt::format("run {} is {} meanwhile", run.number, domain::name_of(before->status))};
  }
  domain::Run after = run;
  order_by_role(after.inputs);
  do_update_run(after);
  record("run.advanced", domain::subject_of(after), domain::event_state(*before), domain::event_state(after));
}

void WriteTransaction::finish_run(const domain::Run& run) {
  const auto before = view().run(run.number);
  if (!before) throw Error{ErrorKind::not_found, fmt::format("there is no run {} in the registry", run.number)};
  if (before->status != domain::RunStatus::running) {
    throw Error{ErrorKind::conflict,
                fmt::format("run {} has ended already: {}", run.number, domain::name_of(before->status))};
  }
  domain::Run after = run;
  order_by_role(after.inputs);
  do_update_run(after);
  record("run.finished", domain::subject_of(after), domain::event_state(*before), domain::event_state(after));
}

void WriteTransaction::resume_run(const domain::Run& before, const domain::Run& run) {
  const auto now = view().run(run.number);
  if (!now || now->status != before.status || now->execution != before.execution) {
    throw Error{ErrorKind::conflict, fmt::format("another process has taken run {} up meanwhile", run.number)};
  }
  domain::Run after = run;
  order_by_role(after.inputs);
  do_update_run(after);
  record("run.resumed", domain::subject_of(after), domain::event_state(*now), domain::event_state(after));
}

}  // namespace mlops::store
