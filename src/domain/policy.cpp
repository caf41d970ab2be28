#include <mlops/domain/policy.hpp>

#include <algorithm>
#include <functional>

namespace mlops::domain {
namespace {

template <typename T, typename Same>
void append_new(std::vector<T>& items, const std::vector<T>& more, const Same& same) {
  for (const T& item : more) {
    const bool known = std::ranges::any_of(items, [&](const T& other) { return same(item, other); });
    if (!known) items.push_back(item);
  }
}

constexpr auto same_text = [](const auto& a, const auto& b) { return a.text == b.text; };

void join_questions(Questions& questions, const Questions& own) {
  append_new(questions.checks, own.checks, std::equal_to<>{});
  append_new(questions.required, own.required, std::equal_to<>{});
  append_new(questions.metrics, own.metrics, same_text);
  append_new(questions.data, own.data, same_text);
  append_new(questions.predictions, own.predictions, same_text);
  if (own.reachable_from) questions.reachable_from = own.reachable_from;
}

template <typename T, typename Same>
void drop_known(std::vector<T>& items, const std::vector<T>& known, const Same& same) {
  std::erase_if(items, [&](const T& item) {
    return std::ranges::any_of(known, [&](const T& other) { return same(item, other); });
  });
}

// What is asked in earnest is no warning too.
void drop_asked(Questions& warn, const Questions& asked) {
  drop_known(warn.checks, asked.checks, std::equal_to<>{});
  drop_known(warn.required, asked.required, std::equal_to<>{});
  drop_known(warn.metrics, asked.metrics, same_text);
  drop_known(warn.data, asked.data, same_text);
  drop_known(warn.predictions, asked.predictions, same_text);
  if (warn.reachable_from == asked.reachable_from) warn.reachable_from.reset();
}

// A model's own gate may ask for more, never for less.
void join_gate(Gate& gate, const Gate& own) {
  join_questions(gate, own);
  join_questions(gate.warn, own.warn);
  drop_asked(gate.warn, gate);
  if (own.after) gate.after = own.after;
  gate.approvals = std::max(gate.approvals, own.approvals);
  gate.self_approval = gate.self_approval && own.self_approval;
  gate.waivers = gate.waivers && own.waivers;
  append_new(gate.never_waived, own.never_waived, std::equal_to<>{});
}

bool asks_nothing(const Gate& gate) { return questions_of(gate).empty(); }

}  // namespace

bool Policy::has_stage(std::string_view stage) const { return std::ranges::find(stages, stage) != stages.end(); }

Gate Policy::gate(std::string_view model, std::string_view stage) const {
  Gate result;
  if (const auto general = gates.find(std::string{stage}); general != gates.end()) result = general->second;
  result.stage = stage;
  if (const auto policy = models.find(std::string{model}); policy != models.end()) {
    const auto own = policy->second.gates.find(std::string{stage});
    if (own != policy->second.gates.end()) join_gate(result, own->second);
  }
  if (asks_nothing(result)) result.checks = {"artifacts.intact"};
  return result;
}

std::vector<GateQuestion> questions_of(const Questions& questions) {
  std::vector<GateQuestion> all;
  for (const std::string& name : questions.checks) all.push_back({name, ""});
  if (questions.reachable_from) all.push_back({"git.reachable", ""});
  for (const std::string& name : questions.required) all.push_back({"required." + name, ""});
  for (const auto& metric : questions.metrics) all.push_back({condition_name("metrics", metric), metric.text});
  for (const auto& sentence : questions.data) all.push_back({check_name(sentence), sentence.text});
  for (const auto& sentence : questions.predictions) {
    all.push_back({condition_name("predictions", sentence), sentence.text});
  }
  return all;
}

std::vector<GateQuestion> questions_of(const Gate& gate) {
  std::vector<GateQuestion> all = questions_of(static_cast<const Questions&>(gate));
  if (gate.after) all.insert(all.begin(), {"after." + *gate.after, ""});
  if (gate.approvals > 0) all.push_back({"approvals", ""});
  return all;
}

std::optional<std::string> why_never_waived(std::string_view check) {
  if (check == "artifacts.intact") return "what is missing or damaged is not what was registered, and no word mends it";
  if (check == "approvals") return "one person's word can't stand for the approval of others, or against a rejection";
  if (check == "not_deprecated") return "`mlops deprecate --undo` takes a deprecation back";
  return std::nullopt;
}

const Recipe* Policy::recipe(std::string_view model) const {
  const auto policy = models.find(std::string{model});
  if (policy == models.end() || !policy->second.train) return nullptr;
  return &*policy->second.train;
}

std::vector<std::string> builtin_check_names() {
  return {"artifacts.intact", "files.safe", "code.notebooks", "git.clean"};
}

}  // namespace mlops::domain
