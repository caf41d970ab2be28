#include "trigger_facts.hpp"

#include <algorithm>

#include <mlops/app/monitor.hpp>
#include <mlops/support/error.hpp>

#include "snapshot.hpp"

namespace mlops::app {

namespace {

namespace fs = std::filesystem;
using domain::Trigger;

constexpr std::size_t firings_looked_at = 1000;

// The data of a role as it is now, beside what the version used.
struct RoleData {
  domain::DataNow now;
  std::optional<DataArgument> argument;  // for a training to use the newest; nullopt: as the recipe finds it
};

const domain::DataUse* used_in(const domain::Version& version, const std::string& role) {
  const auto use = std::ranges::find(version.data, role, &domain::DataUse::role);
  return use == version.data.end() ? nullptr : &*use;
}

std::string text_of(const std::string& dataset, std::int64_t number) {
  return domain::VersionId{dataset, number}.text();
}

DataArgument argument_of(const std::string& role) {
  DataArgument argument;
  argument.role = role;
  return argument;
}

// A newer snapshot of a dataset that a person keeps.
bool look_at_snapshots(Workspace& workspace, const std::string& model, const domain::DataUse& use, RoleData& data) {
  const auto view = workspace.read();
  const auto newest = view->latest_dataset(use.dataset);
  if (!newest) return false;
  // Those that trainings make of files by themselves say nothing of what is new.
  if (use.dataset == model + "." + use.role) return false;
  const auto dataset = view->dataset(use.dataset, *newest);
  if (!dataset) return false;
  data.argument = argument_of(use.role);
  data.argument->reference = text_of(use.dataset, *newest);
  data.now.newest = *data.argument->reference;
  data.now.digest = dataset->digest.text();
  data.now.changed = *newest > use.number && dataset->digest != use.digest;
  return data.now.changed;
}

// The recipe's file, as it lies in the folder.
void look_at_file(Workspace& workspace, const std::string& path, const domain::DataUse& use, RoleData& data) {
  const fs::path file = workspace.project() / path;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  const Snapshot snapshot = take_snapshot(workspace, nullptr, use.dataset, file, path);
  if (snapshot.dataset.digest == use.digest) return;
  // One that is known as a snapshot of before is no news: a training from a later one may have left it behind.
  if (const auto known = workspace.read()->find_dataset_by_digest(use.dataset, snapshot.dataset.digest.hex());
      known && *known < use.number) {
    return;
  }
  data.argument = argument_of(use.role);
  data.argument->path = file;
  data.now.newest = path;
  data.now.digest = snapshot.dataset.digest.text();
  data.now.changed = true;
}

RoleData data_of(Workspace& workspace, const domain::Version& version, const std::string& role,
                 const std::string& path) {
  RoleData data;
  const domain::DataUse* const use = used_in(version, role);
  if (use == nullptr) return data;
  data.now.used = text_of(use->dataset, use->number);
  data.now.newest = data.now.used;
  data.now.digest = use->digest.text();
  if (look_at_snapshots(workspace, version.id.model, *use, data)) return data;
  // A training that was given another dataset says nothing of the recipe's file.
  const bool took_file = use->dataset == version.id.model + "." + role || use->dataset == role;
  if (took_file) look_at_file(workspace, path, *use, data);
  return data;
}

domain::Version existing_version(Workspace& workspace, const domain::VersionId& id) {
  if (auto version = workspace.read()->version(id)) return *std::move(version);
  throw Error{ErrorKind::not_found, "there is no version `" + id.text() + "` in the registry"};
}

std::size_t batches_needed(const domain::RetrainRules& rules) {
  std::size_t most = 0;
  for (const Trigger& trigger : rules.when) {
    if (trigger.kind == Trigger::Kind::figure) most = std::max(most, trigger.batches);
  }
  return most;
}

// Whether a trigger on figures holds for the newest batch.
bool is_reason(const domain::RetrainRules& rules, const std::vector<domain::BatchFacts>& newest) {
  return !newest.empty() && std::ranges::any_of(rules.when, [&](const Trigger& trigger) {
    const auto figure = newest.front().figures.find(trigger.subject);
    return trigger.kind == Trigger::Kind::figure && figure != newest.front().figures.end() &&
           domain::holds(figure->second, trigger.comparison, trigger.value);
  });
}

bool asks(const domain::RetrainRules& rules, Trigger::Kind kind) {
  return std::ranges::any_of(rules.when, [&](const Trigger& trigger) { return trigger.kind == kind; });
}

}  // namespace

domain::TriggerFacts trigger_facts(Workspace& workspace, const std::string& model, const domain::ModelPolicy& policy,
                                   std::int64_t number) {
  const domain::RetrainRules& rules = *policy.retrain;
  domain::TriggerFacts facts;
  facts.now = workspace.now();
  facts.version = {model, number};
  {
    const auto view = workspace.read();
    facts.firings = view->firings(model, firings_looked_at);
    if (const std::size_t most = batches_needed(rules); most > 0) {
      // Where the newest batch is no reason, the others are none either.
      facts.batches = batch_facts(*view, facts.version, 1);
      if (most > 1 && is_reason(rules, facts.batches)) facts.batches = batch_facts(*view, facts.version, most);
    }
    facts.registered_at = view->registered_at(facts.version);
  }
  if (!asks(rules, Trigger::Kind::data)) return facts;
  const domain::Version version = existing_version(workspace, facts.version);
  for (const auto& [role, path] : policy.train->inputs) {
    const bool is_asked = std::ranges::any_of(rules.when, [&, name = role](const Trigger& trigger) {
      return trigger.kind == Trigger::Kind::data && trigger.subject == name;
    });
    if (is_asked) facts.data.emplace(role, data_of(workspace, version, role, path).now);
  }
  return facts;
}

std::vector<DataArgument> newest_inputs(Workspace& workspace, const domain::ModelPolicy& policy,
                                        const domain::VersionId& id) {
  const domain::Version version = existing_version(workspace, id);
  std::vector<DataArgument> arguments;
  for (const auto& [role, path] : policy.train->inputs) {
    auto data = data_of(workspace, version, role, path);
    if (data.argument) arguments.push_back(*std::move(data.argument));
  }
  return arguments;
}

void note_seen(Workspace& workspace, const domain::ModelPolicy& policy, const domain::TriggerFacts& facts,
               domain::Firing& firing) {
  for (const domain::BatchFacts& batch : batch_facts(*workspace.read(), facts.version, firings_looked_at)) {
    firing.last_batch = std::max(firing.last_batch, batch.batch);
  }
  const domain::Version version = existing_version(workspace, facts.version);
  for (const auto& [role, path] : policy.train->inputs) {
    const domain::DataNow now = data_of(workspace, version, role, path).now;
    if (!now.digest.empty()) firing.data.emplace(role, now.digest);
  }
}

}  // namespace mlops::app
