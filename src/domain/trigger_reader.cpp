// When a model is trained again, from a policy file: [model.NAME.retrain].
#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/monitor_rules.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::int64_t most_per_week = 1000;

void read_when(const TableReader& reader, RetrainRules& rules) {
  const auto items = reader.strings("when");
  if (reader.find("when") == nullptr || (items && items->empty())) {
    reader.mistake(reader.line(), "`when` is needed: the triggers, such as \"drift.psi > 0.2 for 3 batches\"");
  }
  for (const auto& [text, line] : items.value_or(std::vector<TableReader::Item>{})) {
    try {
      rules.when.push_back(parse_trigger(text));
    } catch (const Error& error) {
      reader.mistake(line, error);
    }
  }
}

void refuse_unknown_roles(const TableReader& reader, const Recipe& recipe, const RetrainRules& rules) {
  std::vector<std::string> roles;
  for (const auto& [role, path] : recipe.inputs) roles.push_back(role);
  for (const Trigger& trigger : rules.when) {
    if (trigger.kind != Trigger::Kind::data || std::ranges::find(roles, trigger.subject) != roles.end()) continue;
    const auto near = near_miss(trigger.subject, roles);
    reader.mistake(reader.line_of("when"),
                   fmt::format("the recipe has no input `{}`{}", shown(trigger.subject),
                               near ? fmt::format(", did you mean `{}`?", *near) : std::string{}));
  }
}

}  // namespace

RetrainRules read_retrain_rules(const TableReader& reader, const Policy& policy, const Recipe* recipe) {
  reader.refuse_unknown({"when", "cooldown", "max_per_week", "promote"});
  RetrainRules rules;
  read_when(reader, rules);
  if (recipe == nullptr) {
    reader.mistake(reader.line(), "the model has no recipe to be trained by: [model.NAME.train]");
  } else {
    refuse_unknown_roles(reader, *recipe, rules);
  }
  rules.cooldown_ms = reader.time_span("cooldown", 0).value_or(rules.cooldown_ms);
  rules.max_per_week = reader.integer("max_per_week", 1, most_per_week).value_or(rules.max_per_week);
  rules.promote = reader.string("promote");
  if (rules.promote && !policy.has_stage(*rules.promote)) {
    const auto near = near_miss(*rules.promote, policy.stages);
    reader.mistake(reader.line_of("promote"),
                   fmt::format("unknown stage `{}`{}", shown(*rules.promote),
                               near ? fmt::format(", did you mean `{}`?", *near)
                                    : fmt::format(" (stages: {})", join(policy.stages, ", "))));
  }
  return rules;
}

}  // namespace mlops::domain
