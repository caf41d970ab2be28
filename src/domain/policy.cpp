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

// A model's own gate may ask for more, never for less.
void join_gate(Gate& gate, const Gate& own) {
  append_new(gate.checks, own.checks, std::equal_to<>{});
  append_new(gate.required, own.required, std::equal_to<>{});
  append_new(gate.metrics, own.metrics, [](const Condition& a, const Condition& b) { return a.text == b.text; });
  append_new(gate.predictions, own.predictions,
             [](const PredictionCondition& a, const PredictionCondition& b) { return a.text == b.text; });
  if (own.after) gate.after = own.after;
  if (own.reachable_from) gate.reachable_from = own.reachable_from;
  gate.approvals = std::max(gate.approvals, own.approvals);
  gate.self_approval = gate.self_approval && own.self_approval;
}

bool asks_nothing(const Gate& gate) {
  return gate.checks.empty() && gate.metrics.empty() && gate.predictions.empty() && !gate.after &&
         gate.approvals == 0 && gate.required.empty() && !gate.reachable_from;
}

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

const Recipe* Policy::recipe(std::string_view model) const {
  const auto policy = models.find(std::string{model});
  if (policy == models.end() || !policy->second.train) return nullptr;
  return &*policy->second.train;
}

std::vector<std::string> builtin_check_names() {
  return {"artifacts.intact", "files.safe", "code.notebooks", "git.clean"};
}

}  // namespace mlops::domain
