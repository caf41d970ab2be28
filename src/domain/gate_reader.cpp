// Gates of a policy file.
#include <algorithm>
#include <functional>
#include <set>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::int64_t most_approvals = 100;

std::string with_near_miss(const std::string& what, std::string_view word, const std::vector<std::string>& candidates) {
  if (const auto near = near_miss(word, candidates)) return what + fmt::format(", did you mean `{}`?", *near);
  return candidates.empty() ? what : what + fmt::format(" (known: {})", join(candidates, ", "));
}

std::vector<std::string> read_checks(const TableReader& reader, const Policy& policy) {
  std::vector<std::string> known = builtin_check_names();
  for (const auto& [name, check] : policy.checks) known.push_back(name);

  std::vector<std::string> checks;
  for (const auto& [name, line] : reader.strings("checks").value_or(std::vector<TableReader::Item>{})) {
    if (std::ranges::find(known, name) == known.end()) {
      reader.mistake(line, with_near_miss(fmt::format("unknown check `{}`", shown(name)), name, known));
    } else if (std::ranges::find(checks, name) != checks.end()) {
      reader.mistake(line, fmt::format("the check `{}` is listed twice", name));
    } else {
      checks.push_back(name);
    }
  }
  return checks;
}

// The conditions under `key`, each by `parse`; an unknown stage gets its near miss.
template <typename Parse>
auto read_conditions(const TableReader& reader, const Policy& policy, std::string_view key, const Parse& parse) {
  std::optional<std::string> no_stage;
  const std::function<bool(std::string_view)> is_stage = [&](std::string_view word) {
    const bool known = policy.has_stage(word);
    if (!known) no_stage = word.substr(0, word.find('.'));
    return known;
  };
  std::vector<decltype(parse("", is_stage))> conditions;
  for (const auto& [text, line] : reader.strings(key).value_or(std::vector<TableReader::Item>{})) {
    no_stage.reset();
    try {
      conditions.push_back(parse(text, is_stage));
    } catch (const Error& error) {
      const auto near = no_stage ? near_miss(*no_stage, policy.stages) : std::nullopt;
      if (near) {
        reader.mistake(line, fmt::format("{}, did you mean `{}`?", error.message(), *near));
      } else {
        reader.mistake(line, error);
      }
    }
  }
  return conditions;
}

// Whether `name` is one of the facts that a gate may require; a mistake is noted when it is not.
bool is_requirement(const TableReader& reader, const std::string& name, int line) {
  static const std::vector<std::string> plain = {"message", "semver",    "data",       "run",
                                                 "parent",  "signature", "description"};
  if (std::ranges::find(plain, name) != plain.end()) return true;
  for (const std::string_view kind : {"tag", "param", "metric"}) {
    if (!name.starts_with(kind) || name.substr(kind.size(), 1) != ".") continue;
    try {
      check_key(kind, std::string_view{name}.substr(kind.size() + 1));
      return true;
    } catch (const Error& error) {
      reader.mistake(line, error);
      return false;
    }
  }
  std::vector<std::string> known = plain;
  known.insert(known.end(), {"tag.NAME", "param.NAME", "metric.NAME"});
  reader.mistake(line, with_near_miss(fmt::format("`{}` can't be required", shown(name)), name, known));
  return false;
}

std::vector<std::string> read_required(const TableReader& reader) {
  std::vector<std::string> required;
  for (const auto& [name, line] : reader.strings("required").value_or(std::vector<TableReader::Item>{})) {
    const bool is_new = std::ranges::find(required, name) == required.end();
    if (is_requirement(reader, name, line) && is_new) required.push_back(name);
  }
  return required;
}

std::optional<std::string> read_after(const TableReader& reader, const Policy& policy) {
  auto after = reader.string("after");
  if (!after || policy.has_stage(*after)) return after;
  reader.mistake(
      reader.line_of("after"),
      with_near_miss(fmt::format("`after` names the unknown stage `{}`", shown(*after)), *after, policy.stages));
  return std::nullopt;
}

std::optional<std::string> read_branch(const TableReader& reader) {
  auto branch = reader.string("reachable_from");
  if (!branch) return std::nullopt;
  const bool is_legal = !branch->empty() && !branch->starts_with('-') && is_valid_utf8(*branch) &&
                        printable(*branch) == *branch && branch->find_first_of(" ~^:?*[\\") == std::string::npos &&
                        branch->find("..") == std::string::npos;
  if (is_legal) return branch;
  reader.mistake(reader.line_of("reachable_from"), fmt::format("`{}` can't be the name of a branch", shown(*branch)));
  return std::nullopt;
}

Questions read_questions(const TableReader& reader, const Policy& policy) {
  Questions questions;
  questions.checks = read_checks(reader, policy);
  questions.metrics = read_conditions(reader, policy, "metrics", parse_condition);
  questions.data = read_conditions(reader, policy, "data", parse_data_condition);
  questions.predictions = read_conditions(reader, policy, "predictions", parse_prediction_condition);
  questions.required = read_required(reader);
  questions.reachable_from = read_branch(reader);
  return questions;
}

// Whether `asked` has the question `text`, which stands in a list under `key`.
bool asks(const Questions& asked, std::string_view key, const std::string& text) {
  if (key == "checks") return std::ranges::find(asked.checks, text) != asked.checks.end();
  if (key == "required") return std::ranges::find(asked.required, text) != asked.required.end();
  const auto has_text = [&](const auto& condition) { return condition.text == trim(text); };
  if (key == "data") return std::ranges::any_of(asked.data, has_text);
  return key == "metrics" ? std::ranges::any_of(asked.metrics, has_text)
                          : std::ranges::any_of(asked.predictions, has_text);
}

// A warning that is also asked in earnest says two things about one question; in a model's own gate it looks like a
// way to soften the general one.
void refuse_softened(const TableReader& warn, const Questions& asked, std::string_view by) {
  for (const std::string_view key : {"checks", "metrics", "data", "predictions", "required"}) {
    const Toml* list = warn.find(key);
    if (list == nullptr || list->array() == nullptr) continue;
    for (const Toml& item : *list->array()) {
      const std::string* text = item.string();
      if (text == nullptr || !asks(asked, key, *text)) continue;
      warn.mistake(item.line, fmt::format("`{}` can't be a warning: {} asks for it", shown(*text), by));
    }
  }
}

Questions read_warn(const TableReader& reader, const Gate& gate, const Policy& policy) {
  const Toml* table = reader.find("warn");
  if (table == nullptr) return {};
  TableReader warn = reader.inner(*table, "warn");
  warn.refuse_unknown({"checks", "metrics", "data", "predictions", "required", "reachable_from"});
  Questions questions = read_questions(warn, policy);
  refuse_softened(warn, gate, "the same gate");
  if (const auto general = policy.gates.find(gate.stage); general != policy.gates.end()) {
    refuse_softened(warn, general->second, fmt::format("[gate.{}]", shown(gate.stage)));
  }
  if (std::ranges::find(questions.checks, "artifacts.intact") != questions.checks.end()) {
    warn.mistake(warn.line_of("checks"),
                 fmt::format("`artifacts.intact` can't be a warning: {}", *why_never_waived("artifacts.intact")));
  }
  return questions;
}

// Names of checks that this gate asks, also by the general gate.
std::vector<std::string> read_never_waived(const TableReader& reader, const Gate& gate, const Policy& policy) {
  std::vector<std::string> known;
  const auto add = [&known](const Gate& asked) {
    for (const GateQuestion& question : questions_of(asked)) {
      if (std::ranges::find(known, question.check) == known.end()) known.push_back(question.check);
    }
  };
  add(gate);
  if (const auto general = policy.gates.find(gate.stage); general != policy.gates.end()) add(general->second);
  std::vector<std::string> names;
  for (const auto& [name, line] : reader.strings("never_waived").value_or(std::vector<TableReader::Item>{})) {
    if (std::ranges::find(known, name) == known.end()) {
      reader.mistake(line, with_near_miss(fmt::format("the gate asks no check `{}`", shown(name)), name, known));
    } else {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

Gate read_gate(const TableReader& reader, std::string_view stage, const Policy& policy) {
  reader.refuse_unknown({"checks", "metrics", "data", "predictions", "after", "approvals", "self_approval", "required",
                         "reachable_from", "warn", "waivers", "never_waived"});
  Gate gate;
  static_cast<Questions&>(gate) = read_questions(reader, policy);
  gate.stage = stage;
  gate.after = read_after(reader, policy);
  gate.approvals = reader.integer("approvals", 0, most_approvals).value_or(0);
  gate.self_approval = reader.boolean("self_approval").value_or(true);
  gate.waivers = reader.boolean("waivers").value_or(true);
  gate.warn = read_warn(reader, gate, policy);
  gate.never_waived = read_never_waived(reader, gate, policy);
  return gate;
}

void refuse_circles(const Policy& policy, std::string_view model, int line, Mistakes& mistakes) {
  std::set<std::string> reported;
  for (const std::string& first : policy.stages) {
    std::vector<std::string> path{first};
    for (auto after = policy.gate(model, first).after; after; after = policy.gate(model, *after).after) {
      path.push_back(*after);
      if (*after == first || path.size() > policy.stages.size()) break;
    }
    const bool is_circle = path.size() > 1 && path.back() == first;
    if (!is_circle || reported.contains(first)) continue;
    reported.insert(path.begin(), path.end());
    mistakes.add(line, fmt::format("{}: no version could ever enter these stages, `after` goes in a circle: {}",
                                   model.empty() ? "[gate]" : fmt::format("[model.{}]", model), join(path, " after ")));
  }
}

}  // namespace mlops::domain
