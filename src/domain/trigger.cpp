#include <mlops/domain/trigger.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "enum_names.hpp"

namespace mlops::domain {
namespace {

constexpr std::int64_t day = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t week = 7 * day;

constexpr EnumNames<FiringOutcome, 6> outcomes{{{FiringOutcome::running, "running"},
                                                {FiringOutcome::trained, "trained"},
                                                {FiringOutcome::promoted, "promoted"},
                                                {FiringOutcome::refused, "refused"},
                                                {FiringOutcome::conflict, "conflict"},
                                                {FiringOutcome::failed, "failed"}}};

const Firing* newest_firing(const TriggerFacts& facts) {
  return facts.firings.empty() ? nullptr : &facts.firings.front();
}

// The newest batches, as far as the figure is known and the condition holds without a gap.
TriggerFinding find_figure(const Trigger& trigger, const TriggerFacts& facts) {
  TriggerFinding finding{.trigger = trigger.text, .due = false, .found = {}, .batches = {}};
  const Firing* const last = newest_firing(facts);
  const std::int64_t used = last == nullptr ? 0 : last->last_batch;
  std::vector<std::string> seen;
  bool holds_so_far = true;
  for (const BatchFacts& batch : facts.batches) {
    if (seen.size() == trigger.batches) break;
    const auto figure = batch.figures.find(trigger.subject);
    if (figure == batch.figures.end() || batch.batch <= used) break;
    seen.push_back(figure_text(figure->second));
    holds_so_far = holds_so_far && holds(figure->second, trigger.comparison, trigger.value);
    if (holds_so_far) finding.batches.push_back(batch.batch);
  }
  finding.found = join(seen, ", ");
  finding.due = holds_so_far && seen.size() == trigger.batches;
  return finding;
}

std::string age_text(std::int64_t age) {
  return age >= 2 * day ? fmt::format("{} days", age / day) : duration_text(std::max<std::int64_t>(age, 0));
}

// Counted from the last firing about the same version, so that one whose successor was refused is tried again later.
TriggerFinding find_age(const Trigger& trigger, const TriggerFacts& facts) {
  TriggerFinding finding{.trigger = trigger.text, .due = false, .found = {}, .batches = {}};
  if (!facts.registered_at) return finding;
  std::int64_t since = facts.registered_at->milliseconds;
  const Firing* const last = newest_firing(facts);
  if (last != nullptr && last->version == facts.version && last->at <= facts.now) {
    since = std::max(since, last->at.milliseconds);
  }
  const std::int64_t age = facts.now.milliseconds - since;
  finding.due = holds(static_cast<double>(age),
                      trigger.comparison == Comparison::greater ? Comparison::greater : Comparison::greater_equal,
                      static_cast<double>(trigger.age_ms));
  finding.found = fmt::format("{} since {}", age_text(age),
                              since == facts.registered_at->milliseconds ? "it was registered" : "the last firing");
  return finding;
}

TriggerFinding find_data(const Trigger& trigger, const TriggerFacts& facts) {
  TriggerFinding finding{.trigger = trigger.text, .due = false, .found = {}, .batches = {}};
  const auto data = facts.data.find(trigger.subject);
  if (data == facts.data.end()) return finding;
  const DataNow& now = data->second;
  const Firing* const last = newest_firing(facts);
  const auto seen = last == nullptr ? decltype(last->data.end()){} : last->data.find(trigger.subject);
  const bool is_seen = last != nullptr && seen != last->data.end() && seen->second == now.digest;
  finding.due = now.changed && !is_seen;
  finding.found = now.changed ? fmt::format("{}, trained on {}", now.newest, now.used) : now.used;
  if (now.changed && is_seen) finding.found += ", seen before";
  return finding;
}

TriggerFinding find(const Trigger& trigger, const TriggerFacts& facts) {
  switch (trigger.kind) {
    case Trigger::Kind::figure:
      return find_figure(trigger, facts);
    case Trigger::Kind::age:
      return find_age(trigger, facts);
    case Trigger::Kind::data:
      return find_data(trigger, facts);
  }
  return {};
}

std::optional<Timestamp> end_of_cooldown(const RetrainRules& rules, const TriggerFacts& facts) {
  const Firing* const last = newest_firing(facts);
  if (last == nullptr) return std::nullopt;
  const std::int64_t age = facts.now.milliseconds - last->at.milliseconds;
  if (age >= rules.cooldown_ms || age < -rules.cooldown_ms) return std::nullopt;
  return Timestamp{last->at.milliseconds + rules.cooldown_ms};
}

// When the oldest firing that counts is a week old, while there are too many.
std::optional<Timestamp> end_of_limit(const RetrainRules& rules, const TriggerFacts& facts) {
  std::int64_t count = 0;
  std::optional<Timestamp> oldest;
  for (const Firing& firing : facts.firings) {
    const std::int64_t age = facts.now.milliseconds - firing.at.milliseconds;
    if (age >= week || age < -week) continue;
    ++count;
    if (count <= rules.max_per_week) oldest = firing.at;
  }
  if (count < rules.max_per_week || !oldest) return std::nullopt;
  return Timestamp{oldest->milliseconds + week};
}

}  // namespace

std::string_view name_of(FiringOutcome outcome) { return name_in(outcomes, outcome); }
FiringOutcome parse_firing_outcome(std::string_view text) { return value_in(outcomes, text, "end of a firing"); }

std::string subject_of(const Firing& firing) { return fmt::format("firing/{}", firing.id); }

Json to_json(const TriggerFinding& finding) {
  Json batches = Json::array();
  for (const std::int64_t batch : finding.batches) batches.push_back(batch);
  return Json::object(
      {{"trigger", finding.trigger}, {"due", finding.due}, {"found", finding.found}, {"batches", batches}});
}

std::vector<TriggerFinding> findings_from_json(const Json& json) {
  std::vector<TriggerFinding> findings;
  for (const Json& item : json.as_array()) {
    TriggerFinding finding{.trigger = item.at("trigger").as_string(),
                           .due = item.at("due").as_bool(),
                           .found = item.at("found").as_string(),
                           .batches = {}};
    for (const Json& batch : item.at("batches").as_array()) finding.batches.push_back(batch.as_integer());
    findings.push_back(std::move(finding));
  }
  return findings;
}

Json to_json(const Firing& firing) {
  Json findings = Json::array();
  for (const TriggerFinding& finding : firing.findings) findings.push_back(to_json(finding));
  Json data = Json::object();
  for (const auto& [role, digest] : firing.data) data.set(role, digest);
  return Json::object({{"firing", firing.id},
                       {"model", firing.model},
                       {"version", firing.version.text()},
                       {"triggers", findings},
                       {"last_batch", firing.last_batch},
                       {"data", data},
                       {"at", rfc3339(firing.at)},
                       {"by", firing.by},
                       {"taken_up", firing.taken_up},
                       {"outcome", name_of(firing.outcome)},
                       {"run", firing.run},
                       {"made", firing.made ? Json{firing.made->text()} : Json{}},
                       {"reason", firing.reason},
                       {"ended_at", firing.ended_at ? Json{rfc3339(*firing.ended_at)} : Json{}}});
}

std::string cause_text(const std::vector<TriggerFinding>& findings) {
  std::vector<std::string> texts;
  for (const TriggerFinding& finding : findings) {
    if (finding.due) texts.push_back(fmt::format("{} ({})", finding.trigger, finding.found));
  }
  return join(texts, "; ");
}

TriggerAnswer judge(const RetrainRules& rules, const TriggerFacts& facts) {
  TriggerAnswer answer;
  bool is_due = false;
  for (const Trigger& trigger : rules.when) {
    answer.findings.push_back(find(trigger, facts));
    is_due = is_due || answer.findings.back().due;
  }
  if (!is_due) return answer;
  answer.standing = TriggerStanding::due;
  answer.until = end_of_cooldown(rules, facts);
  if (answer.until) {
    answer.standing = TriggerStanding::cooling_down;
    return answer;
  }
  answer.until = end_of_limit(rules, facts);
  if (answer.until) answer.standing = TriggerStanding::limited;
  return answer;
}

}  // namespace mlops::domain
