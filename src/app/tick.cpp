#include <mlops/app/tick.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

#include "firing.hpp"
#include "policy_source.hpp"
#include "trigger_facts.hpp"

namespace mlops::app {

namespace {

using domain::Firing;
using domain::FiringOutcome;

std::string watched_stage(const domain::Policy& policy, const domain::ModelPolicy& model) {
  return model.monitor.stage.value_or(policy.stages.back());
}

TickStanding standing_of(domain::TriggerStanding standing) {
  switch (standing) {
    case domain::TriggerStanding::quiet:
      return TickStanding::quiet;
    case domain::TriggerStanding::due:
      return TickStanding::due;
    case domain::TriggerStanding::cooling_down:
      return TickStanding::cooling_down;
    case domain::TriggerStanding::limited:
      return TickStanding::limited;
  }
  return TickStanding::quiet;
}

class Ticker {
 public:
  Ticker(Workspace& workspace, const PolicySource& source) : workspace_{workspace}, source_{source} {}

  // What is due, by what is known now.
  ModelTick look_at(const std::string& name) {
    return guarded(name, [this](const domain::ModelPolicy& policy, ModelTick& tick) { judge(policy, tick); });
  }

  // The same, and it is done.
  ModelTick act(const std::string& name) {
    return guarded(name, [this](const domain::ModelPolicy& policy, ModelTick& tick) {
      judge(policy, tick);
      if (tick.standing == TickStanding::due) fire(policy, tick);
    });
  }

 private:
  template <typename Work>
  ModelTick guarded(const std::string& name, const Work& work) {
    ModelTick tick;
    tick.model = name;
    try {
      const domain::ModelPolicy& policy = source_.policy.models.at(name);
      tick.stage = watched_stage(source_.policy, policy);
      work(policy, tick);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
      tick.error = error.message();
      tick.standing = error.kind() == ErrorKind::conflict ? TickStanding::running : TickStanding::broken;
    }
    return tick;
  }

  void judge(const domain::ModelPolicy& policy, ModelTick& tick) {
    std::optional<Firing> unfinished;
    {
      const auto view = workspace_.read();
      if (const auto holding = view->holding(tick.model, tick.stage)) {
        tick.version = domain::VersionId{tick.model, holding->version};
      }
      auto newest = view->firings(tick.model, 1);
      if (!newest.empty() && newest.front().outcome == FiringOutcome::running) unfinished = std::move(newest.front());
    }
    if (unfinished) return judge_unfinished(*std::move(unfinished), tick);
    if (!tick.version) {
      tick.standing = TickStanding::unwatched;
      return;
    }
    facts_ = trigger_facts(workspace_, tick.model, policy, tick.version->number);
    domain::TriggerAnswer answer = domain::judge(*policy.retrain, facts_);
    tick.findings = std::move(answer.findings);
    tick.until = answer.until;
    tick.standing = standing_of(answer.standing);
  }

  void judge_unfinished(Firing firing, ModelTick& tick) {
    tick.findings = firing.findings;
    bool is_ours_to_end = process_is_gone(firing.owner);
    if (is_ours_to_end) {
      firing.run = run_on_cluster(workspace_, firing);
      is_ours_to_end = !firing.run;
    }
    tick.standing = is_ours_to_end ? TickStanding::due : TickStanding::running;
    tick.firing = std::move(firing);
  }

  // One of several processes that try comes through; for the others Error{conflict} says that it is being done.
  Firing claim(const domain::ModelPolicy& policy, const ModelTick& tick) {
    if (tick.firing) {
      const auto transaction = workspace_.write();
      Firing firing = transaction->take_up_firing(*tick.firing, process_mark());
      transaction->commit();
      workspace_.context().tell(fmt::format("going on with firing {} of {}", firing.id, firing.model));
      return firing;
    }
    Firing firing;
    firing.model = tick.model;
    firing.version = *tick.version;
    firing.owner = process_mark();
    std::ranges::copy_if(tick.findings, std::back_inserter(firing.findings), &domain::TriggerFinding::due);
    note_seen(workspace_, policy, facts_, firing);
    const auto transaction = workspace_.write();
    firing = transaction->start_firing(firing, facts_.firings.empty() ? 0 : facts_.firings.front().id);
    transaction->commit();
    workspace_.context().tell(fmt::format("{} is due: {}", firing.model, domain::cause_text(firing.findings)));
    return firing;
  }

  void fire(const domain::ModelPolicy& policy, ModelTick& tick) {
    if (!source_.commit) {
      throw Error{ErrorKind::failed, "retraining needs git: the recipe and the code come from a commit"};
    }
    tick.firing = claim(policy, tick);
    tick.firing = carry_out(workspace_, policy, *source_.commit, *std::move(tick.firing));
    const bool goes_on = tick.firing->outcome == FiringOutcome::running;
    tick.standing = goes_on ? TickStanding::running : TickStanding::done;
    tell_hooks(workspace_.context());
  }

  Workspace& workspace_;
  const PolicySource& source_;
  domain::TriggerFacts facts_;
};

void require_triggers(const domain::Policy& policy, const std::vector<std::string>& wanted) {
  std::vector<std::string> known;
  for (const auto& [name, model] : policy.models) {
    if (model.retrain) known.push_back(name);
  }
  for (const std::string& name : wanted) {
    if (std::ranges::find(known, name) != known.end()) continue;
    Error error{ErrorKind::not_found, fmt::format("mlops.toml has no triggers [model.{}.retrain]", printable(name))};
    if (const auto near = near_miss(name, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
    error.add_hint("`mlops help policy` shows how to write them; they must be committed");
    throw error;
  }
}

}  // namespace

std::string_view name_of(TickStanding standing) {
  switch (standing) {
    case TickStanding::quiet:
      return "quiet";
    case TickStanding::due:
      return "due";
    case TickStanding::cooling_down:
      return "cooling_down";
    case TickStanding::limited:
      return "limited";
    case TickStanding::running:
      return "running";
    case TickStanding::unwatched:
      return "unwatched";
    case TickStanding::done:
      return "done";
    case TickStanding::broken:
      return "broken";
  }
  return "";
}

namespace {

// Files are read, or a cluster is asked: not while the registry is read, since nobody can write meanwhile.
bool takes_time(store::ReadTransaction& view, const domain::Policy& policy, const std::string& model) {
  const auto looks_at_data = [](const domain::Trigger& trigger) { return trigger.kind == domain::Trigger::Kind::data; };
  if (std::ranges::any_of(policy.models.at(model).retrain->when, looks_at_data)) return true;
  const auto newest = view.firings(model, 1);
  return !newest.empty() && newest.front().outcome == FiringOutcome::running;
}

}  // namespace

TickOutcome tick(Workspace& workspace, const TickRequest& request) {
  const PolicySource source = gate_policy(workspace);
  require_triggers(source.policy, request.models);
  TickOutcome outcome;
  outcome.notice = source.notice;
  Ticker ticker{workspace, source};
  std::vector<std::string> names;
  std::vector<std::size_t> later;
  for (const auto& [name, model] : source.policy.models) {
    const bool is_wanted = request.models.empty() || std::ranges::find(request.models, name) != request.models.end();
    if (model.retrain && is_wanted) names.push_back(name);
  }
  {
    const auto view = workspace.read();  // one for all
    for (const std::string& name : names) {
      if (takes_time(*view, source.policy, name)) {
        later.push_back(outcome.models.size());
        outcome.models.emplace_back();
      } else {
        outcome.models.push_back(ticker.look_at(name));
      }
    }
  }
  for (const std::size_t model : later) outcome.models[model] = ticker.look_at(names[model]);
  for (ModelTick& model : outcome.models) {
    // Trainings take their time, and others may have done it meanwhile.
    if (model.standing == TickStanding::due && !request.dry_run) model = ticker.act(model.model);
  }
  if (!source.policy.hooks.empty()) outcome.hooks = deliver_hooks(workspace, request.dry_run);
  return outcome;
}

std::vector<Firing> list_firings(Workspace& workspace, const std::string& model, std::size_t limit) {
  return workspace.read()->firings(model, limit);
}

}  // namespace mlops::app
