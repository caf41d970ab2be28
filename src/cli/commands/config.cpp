#include <fmt/core.h>

#include <mlops/app/configure.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "all.hpp"
#include "render.hpp"
#include "setup.hpp"

namespace mlops::cli {

namespace {

class ConfigList final : public Command {
 public:
  Help help() const override {
    return {{{"mlops config list", "every setting"}, {"mlops config list --show-origin", "and where each comes from"}},
            "Flags win over MLOPS_* variables, these over .mlops/config.toml, that over the user's file, that over "
            "defaults."};
  }

  void declare(Args& args) override { args.flag({"--show-origin"}, show_origin_, "say where each value comes from"); }

  ExitCode run(const Session& session) override {
    const auto& settings = session.context().settings.all();
    if (session.json()) {
      Json array = Json::array();
      for (const auto& setting : settings) {
        array.push_back(Json::object({{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}}));
      }
      session.print_json(Json::object({{"settings", array}}));
      return ExitCode::done;
    }
    for (const auto& setting : settings) {
      const std::string origin = show_origin_ ? fmt::format("  # {}", setting.origin) : std::string{};
      session.print_line(fmt::format("{}={}{}", setting.key, printable(setting.value), session.style().faint(origin)));
    }
    return ExitCode::done;
  }

 private:
  bool show_origin_ = false;
};

class ConfigGet final : public Command {
 public:
  Help help() const override { return {{{"mlops config get policy.ref", "its value"}}, ""}; }

  void declare(Args& args) override {
    args.positional("KEY", key_, "the setting", Completes::setting);
    args.flag({"--show-origin"}, show_origin_, "say where the value comes from");
  }

  ExitCode run(const Session& session) override {
    const app::Setting& setting = session.context().settings.get(key_);
    if (session.json()) {
      session.print_json(Json::object({{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}}));
    } else {
      session.print_line(setting.value + (show_origin_ ? "  # " + setting.origin : std::string{}));
    }
    return ExitCode::done;
  }

 private:
  std::string key_;
  bool show_origin_ = false;
};

class ConfigSet final : public Command {
 public:
  Help help() const override {
    return {{{"mlops config set policy.ref main", "read gates from the tip of main, whatever is checked out"},
             {"mlops config set policy.ref --unset", "from HEAD again"},
             {"mlops config set color never --user", "for all your projects"}},
            ""};
  }

  void declare(Args& args) override {
    args.positional("KEY", key_, "the setting", Completes::setting);
    args.optional_positional("VALUE", value_, "its new value");
    args.flag({"--unset"}, unset_, "remove it from the file");
    args.flag({"--user"}, user_, "in your own file instead of the project's");
  }

  ExitCode run(const Session& session) override {
    if (value_.has_value() == unset_) {
      throw Error{ErrorKind::usage,
                  value_ ? "`VALUE` and `--unset` exclude each other" : "missing `VALUE`",
                  {"`--unset` removes the setting"}};
    }
    const auto file = app::config_set(session.context(), {.key = key_,
                                                          .value = value_,
                                                          .user = user_,
                                                          .user_file = user_settings_file(session.surroundings()),
                                                          .dry_run = session.dry_run()});
    if (session.json()) {
      session.print_json(
          Json::object({{"key", key_}, {"value", value_}, {"file", file.string()}, {"dry_run", session.dry_run()}}));
    } else if (!session.quiet()) {
      session.print_line(
          fmt::format("{}{} in {}", session.dry_run() ? "would be set: " : "",
                      value_ ? fmt::format("{} is {}", key_, printable(*value_)) : fmt::format("{} is unset", key_),
                      file.string()));
    }
    return ExitCode::done;
  }

 private:
  std::string key_;
  std::optional<std::string> value_;
  bool unset_ = false;
  bool user_ = false;
};

std::vector<std::string> question_texts(const domain::Questions& questions) {
  std::vector<std::string> parts = questions.checks;
  for (const auto& condition : questions.metrics) parts.push_back(condition.text);
  for (const auto& condition : questions.data) parts.push_back(condition.text);
  for (const auto& condition : questions.predictions) parts.push_back(condition.text);
  for (const auto& name : questions.required) parts.push_back("has " + name);
  if (questions.reachable_from) parts.push_back("reachable from " + *questions.reachable_from);
  return parts;
}

std::string condition_texts(const domain::Gate& gate) {
  std::vector<std::string> parts = question_texts(gate);
  if (gate.after) {
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(gate.checks.size()), "after " + *gate.after);
  }
  if (gate.approvals > 0) parts.push_back(count_text(static_cast<std::size_t>(gate.approvals), "approval"));
  for (const std::string& text : question_texts(gate.warn)) parts.push_back("warns unless " + text);
  if (!gate.waivers) parts.emplace_back("no waivers");
  for (const std::string& name : gate.never_waived) parts.push_back("no waiver of " + name);
  return join(parts, ", ");
}

std::vector<std::string> hook_names(const domain::Policy& policy) {
  std::vector<std::string> names;
  for (const auto& [name, hook] : policy.hooks) names.push_back(name);
  return names;
}

// "drift.psi > 0.2 for 3 batches, age > 30d; then to staging"
std::string trigger_texts(const domain::RetrainRules& rules) {
  std::vector<std::string> texts;
  for (const domain::Trigger& trigger : rules.when) texts.push_back(trigger.text);
  return join(texts, ", ") + (rules.promote ? fmt::format("; then to {}", *rules.promote) : std::string{});
}

// "promoted, refused to https://chat.example/hook, signed"
std::string hook_text(const domain::Hook& hook) {
  std::vector<std::string> events;
  for (const auto event : hook.on) events.emplace_back(domain::name_of(event));
  const std::string target = !hook.is_webhook()      ? join(hook.command, " ")
                             : hook.url_from.empty() ? hook.url
                                                     : "$" + hook.url_from;
  return fmt::format("{} to {}{}{}", join(events, ", "), printable(target), hook.secret.empty() ? "" : ", signed",
                     hook.allow_private ? ", also to private addresses" : "");
}

// "" where the policy says nothing of it.
std::string monitor_text(const domain::MonitorRules& rules) {
  std::vector<std::string> parts;
  if (rules.stage) parts.push_back("stage " + *rules.stage);
  if (rules.reference) parts.push_back("held against " + printable(*rules.reference));
  if (rules.every_ms) parts.push_back("a batch every " + duration_text(*rules.every_ms));
  for (const auto& condition : rules.metrics.value_or(std::vector<domain::Compound<domain::PredictionCondition>>{})) {
    parts.push_back(condition.text);
  }
  for (const std::string& name : rules.ignore) parts.push_back("without " + printable(name));
  return join(parts, ", ");
}

class ConfigCheck final : public Command {
 public:
  Help help() const override {
    return {{{"mlops config check", "is mlops.toml valid, and what does it ask for?"}},
            "Names every mistake with its line. Exits 2 when there is one. `mlops help policy` describes the file."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    const app::ConfigCheckOutcome outcome = app::config_check(session.context());
    if (session.json()) {
      session.print_json(Json::object({{"file", outcome.file.string()},
                                       {"valid", true},
                                       {"stages", json_texts(outcome.policy.stages)},
                                       {"hooks", json_texts(hook_names(outcome.policy))},
                                       {"doubts", json_texts(outcome.doubts)},
                                       {"notice", outcome.notice}}));
      return ExitCode::done;
    }
    for (const std::string& doubt : outcome.doubts) session.context().warn(doubt);
    if (session.quiet()) return ExitCode::done;
    session.print_line(fmt::format("{} is valid", outcome.file.string()));
    Facts facts;
    for (const std::string& stage : outcome.policy.stages)
      facts.add(stage, condition_texts(outcome.policy.gate("", stage)));
    for (const auto& [name, model] : outcome.policy.models) {
      for (const auto& [stage, gate] : model.gates)
        facts.add(fmt::format("{} for {}", stage, name), condition_texts(gate));
      facts.add("monitoring of " + name, monitor_text(model.monitor));
    }
    for (const auto& [name, model] : outcome.policy.models) {
      if (model.retrain) facts.add(fmt::format("retrain {}", name), trigger_texts(*model.retrain));
    }
    for (const auto& [name, hook] : outcome.policy.hooks) facts.add(fmt::format("hook {}", name), hook_text(hook));
    session.print(facts.text(session.style()));
    if (outcome.notice) session.context().warn(*outcome.notice);
    return ExitCode::done;
  }
};

}  // namespace

std::unique_ptr<Command> make_config_list() { return std::make_unique<ConfigList>(); }
std::unique_ptr<Command> make_config_get() { return std::make_unique<ConfigGet>(); }
std::unique_ptr<Command> make_config_set() { return std::make_unique<ConfigSet>(); }
std::unique_ptr<Command> make_config_check() { return std::make_unique<ConfigCheck>(); }

}  // namespace mlops::cli
