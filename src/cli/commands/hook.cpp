#include <fmt/core.h>

#include <mlops/app/hooks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "hook_text.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::string target_text(const domain::Hook& hook) {
  if (!hook.is_webhook()) return join(hook.command, " ");
  return hook.url_from.empty() ? hook.url : "$" + hook.url_from;
}

std::vector<std::string> event_names(const domain::Hook& hook) {
  std::vector<std::string> names;
  for (const auto event : hook.on) names.emplace_back(domain::name_of(event));
  return names;
}

Json text_or_nothing(const std::string& text) { return text.empty() ? Json{} : Json{text}; }

class HookList final : public Command {
 public:
  Help help() const override {
    return {{{"mlops hook list", "who is told of what, and what still waits"}},
            "Hooks are declared in mlops.toml, in [hooks.NAME]. `mlops help policy` describes it."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::HooksOutcome outcome = app::list_hooks(workspace);
    if (session.json()) {
      session.print_json(json_of(outcome));
      return ExitCode::done;
    }
    if (session.quiet()) {
      for (const auto& standing : outcome.hooks) session.print_line(standing.hook.name);
      return ExitCode::done;
    }
    if (outcome.notice) session.context().warn(*outcome.notice);
    if (outcome.hooks.empty()) session.print_line("no hooks: a table [hooks.NAME] in mlops.toml declares one");
    session.print(table_text(session, outcome));
    for (const auto& [name, count] : outcome.orphans) {
      session.context().warn(fmt::format("{} for {}, which this mlops.toml doesn't have",
                                         count > 1 ? fmt::format("{} deliveries wait", count) : "1 delivery waits",
                                         name));
    }
    return ExitCode::done;
  }

 private:
  static Json json_of(const app::HooksOutcome& outcome) {
    Json hooks = Json::array();
    for (const auto& [hook, pending, given_up] : outcome.hooks) {
      hooks.push_back(Json::object({{"hook", hook.name},
                                    {"on", json_texts(event_names(hook))},
                                    {"command", hook.is_webhook() ? Json{} : json_texts(hook.command)},
                                    {"url", text_or_nothing(hook.url)},
                                    {"url_from", text_or_nothing(hook.url_from)},
                                    {"secret", text_or_nothing(hook.secret)},
                                    {"allow_private", hook.allow_private},
                                    {"pending", pending},
                                    {"given_up", given_up}}));
    }
    return Json::object({{"hooks", hooks}, {"notice", outcome.notice}});
  }

  static std::string table_text(const Session& session, const app::HooksOutcome& outcome) {
    Table table{{"HOOK", "ON", "TO", "SECRET", "PENDING", "GIVEN UP"}};
    table.soft({"TO"});
    const auto number = [](std::size_t count) { return count == 0 ? std::string{} : std::to_string(count); };
    for (const auto& [hook, pending, given_up] : outcome.hooks) {
      table.add({{hook.name, Tone::bold},
                 {join(event_names(hook), ", ")},
                 {printable(target_text(hook))},
                 {hook.secret.empty() ? std::string{} : "$" + hook.secret},
                 {number(pending), Tone::warning},
                 {number(given_up), Tone::bad}});
    }
    return table.empty() ? std::string{} : table.text(session.style(), session.columns());
  }
};

class HookLog final : public Command {
 public:
  Help help() const override {
    return {{{"mlops hook log", "what was sent, newest first"},
             {"mlops hook log chat --failed", "what has not arrived at one hook"}},
            ""};
  }

  void declare(Args& args) override {
    args.optional_positional("HOOK", hook_, "only of this hook");
    args.flag({"--failed"}, failed_, "only what failed when it was last tried");
    args.number({"--limit"}, "N", limit_, 1, "at most N (default: 50)");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const auto deliveries =
        app::hook_log(workspace, {.hook = hook_, .failed = failed_, .limit = page_limit(limit_, 50)});
    if (session.json()) {
      session.print_json(Json::object({{"deliveries", json_array(deliveries)}}));
    } else if (session.quiet()) {
      for (const auto& delivery : deliveries) session.print_line(std::to_string(delivery.id));
    } else {
      session.print(deliveries_text(session, deliveries));
    }
    return ExitCode::done;
  }

 private:
  std::optional<std::string> hook_;
  bool failed_ = false;
  std::optional<std::int64_t> limit_;
};

class HookTest final : public Command {
 public:
  Help help() const override {
    return {{{"mlops hook test chat", "does it arrive?"}},
            "Sends an event of type `test` now, and tells what came back. Exits 1 when it does not arrive."};
  }

  void declare(Args& args) override { args.positional("HOOK", hook_, "its name in mlops.toml"); }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::HookTestOutcome outcome = app::test_hook(workspace, hook_);
    if (session.json()) {
      session.print_json(Json::object({{"hook", outcome.hook},
                                       {"message", outcome.id},
                                       {"arrived", outcome.answer.arrived},
                                       {"answer", outcome.answer.code},
                                       {"error", outcome.answer.error}}));
    } else if (!session.quiet()) {
      session.print_line(outcome.answer.arrived
                             ? fmt::format("{} was told (answer {})", outcome.hook, outcome.answer.code.value_or(0))
                             : fmt::format("{} was not told: {}", outcome.hook, outcome.answer.error));
    }
    return outcome.answer.arrived ? ExitCode::done : ExitCode::failed;
  }

 private:
  std::string hook_;
};

}  // namespace

std::unique_ptr<Command> make_hook_list() { return std::make_unique<HookList>(); }
std::unique_ptr<Command> make_hook_log() { return std::make_unique<HookLog>(); }
std::unique_ptr<Command> make_hook_test() { return std::make_unique<HookTest>(); }

}  // namespace mlops::cli
