// `mlops.toml` as a whole: stages first, then checks, for gates name both, then gates and models.
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

class PolicyReader {
 public:
  PolicyReader(const Toml& file, std::string_view source) : mistakes_{source}, root_{file, "the file", mistakes_} {}

  Policy read() {
    root_.refuse_unknown({"stages", "gate", "check", "model", "hooks"});
    read_stages();
    read_checks();
    policy_.gates = read_gates(root_, "gate");
    if (const Toml* gates = root_.find("gate")) refuse_circles(policy_, "", gates->line, mistakes_);
    for (const auto& [name, value] : root_.table("model")) read_model(name, value);
    read_hooks();
    mistakes_.throw_any();
    return policy_;
  }

 private:
  // Runs `check`; notes what it throws as a mistake in `line`.
  template <typename Check>
  bool accepts(const TableReader& reader, int line, const Check& check) {
    try {
      check();
      return true;
    } catch (const Error& error) {
      reader.mistake(line, error);
      return false;
    }
  }

  void read_stages() {
    const Toml* value = root_.find("stages");
    if (value == nullptr) return;
    const TableReader stages{*value, "[stages]", mistakes_};
    stages.refuse_unknown({"order"});
    const auto order = stages.strings("order");
    if (!order) return;
    policy_.stages.clear();
    for (const auto& [name, line] : *order) {
      if (policy_.has_stage(name)) {
        stages.mistake(line, fmt::format("the stage `{}` is listed twice", name));
      } else if (accepts(stages, line, [&] { check_stage_name(name); })) {
        policy_.stages.push_back(name);
      }
    }
    if (order->empty()) stages.mistake(stages.line_of("order"), "`order` needs at least one stage");
  }

  void read_checks() {
    const std::vector<std::string> builtins = builtin_check_names();
    for (const auto& [name, value] : root_.table("check")) {
      const TableReader check{value, fmt::format("[check.{}]", shown(name)), mistakes_};
      if (!accepts(check, value.line, [&] { check_segments("check", name, false); })) continue;
      if (std::ranges::find(builtins, name) != builtins.end()) {
        check.mistake(value.line, fmt::format("`{}` is a built-in check, choose another name", name));
        continue;
      }
      policy_.checks.emplace(name, read_check(check, name));
    }
  }

  void read_hooks() {
    for (const auto& [name, value] : root_.table("hooks")) {
      const TableReader hook{value, fmt::format("[hooks.{}]", shown(name)), mistakes_};
      if (!accepts(hook, value.line, [&] { check_segments("hook", name, false); })) continue;
      policy_.hooks.emplace(name, read_hook(hook, name));
    }
  }

  std::map<std::string, Gate> read_gates(const TableReader& parent, std::string_view prefix) {
    std::map<std::string, Gate> gates;
    for (const auto& [stage, value] : parent.table("gate")) {
      const TableReader gate{value, fmt::format("[{}.{}]", prefix, shown(stage)), mistakes_};
      if (!policy_.has_stage(stage)) {
        const auto near = near_miss(stage, policy_.stages);
        gate.mistake(value.line, fmt::format("unknown stage `{}`{}", shown(stage),
                                             near ? fmt::format(", did you mean `{}`?", *near)
                                                  : fmt::format(" (stages: {})", join(policy_.stages, ", "))));
      }
      gates.emplace(stage, read_gate(gate, stage, policy_));
    }
    return gates;
  }

  void read_model(const std::string& name, const Toml& value) {
    const TableReader reader{value, fmt::format("[model.{}]", shown(name)), mistakes_};
    if (!accepts(reader, value.line, [&] { check_model_name(name); })) return;
    refuse_unquoted_name(reader, name);
    ModelPolicy& model = policy_.models[name];
    model.description = reader.string("description").value_or("");
    if (const Toml* train = reader.find("train")) {
      model.train = read_recipe({*train, fmt::format("[model.{}.train]", name), mistakes_});
    }
    if (const Toml* predictions = reader.find("predictions")) {
      model.predictions =
          read_prediction_recipe({*predictions, fmt::format("[model.{}.predictions]", name), mistakes_});
    }
    if (const Toml* monitor = reader.find("monitor")) {
      model.monitor = read_monitor_rules({*monitor, fmt::format("[model.{}.monitor]", name), mistakes_}, policy_);
    }
    if (const Toml* retrain = reader.find("retrain")) {
      model.retrain = read_retrain_rules({*retrain, fmt::format("[model.{}.retrain]", name), mistakes_}, policy_,
                                         model.train ? &*model.train : nullptr);
    }
    model.gates = read_gates(reader, fmt::format("model.{}.gate", name));
    // General circles are reported once, for the general gates.
    const bool changes_order =
        std::ranges::any_of(model.gates, [](const auto& gate) { return gate.second.after.has_value(); });
    if (changes_order) refuse_circles(policy_, name, value.line, mistakes_);
  }

  // [model.churn.v2.train] is the model "churn" with an unknown key "v2"; meant was [model."churn.v2".train].
  void refuse_unquoted_name(const TableReader& reader, const std::string& name) {
    constexpr std::array<std::string_view, 5> parts{"train", "gate", "predictions", "monitor", "retrain"};
    for (const auto& [key, value] : reader.members()) {
      const bool holds_parts = value.find("train") != nullptr || value.find("gate") != nullptr ||
                               value.find("description") != nullptr || value.find("predictions") != nullptr ||
                               value.find("monitor") != nullptr || value.find("retrain") != nullptr;
      if (!holds_parts || std::ranges::find(parts, key) != parts.end()) continue;
      reader.mistake(value.line, fmt::format("unknown key `{}`; a name with a dot is quoted: [model.\"{}.{}\"]",
                                             shown(key), name, shown(key)));
      return;
    }
    reader.refuse_unknown({"description", "train", "predictions", "monitor", "retrain", "gate"});
  }

  Mistakes mistakes_;
  TableReader root_;
  Policy policy_;
};

}  // namespace

Policy parse_policy(std::string_view text, std::string_view source) {
  const Toml file = parse_toml(text, source);
  return PolicyReader{file, source}.read();
}

}  // namespace mlops::domain
