#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include <mlops/app/tick.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "tick_units.hpp"

namespace mlops::cli {

namespace {

using app::ModelTick;
using app::TickStanding;
using domain::FiringOutcome;

Json findings_json(const std::vector<domain::TriggerFinding>& findings) {
  Json array = Json::array();
  for (const auto& finding : findings) array.push_back(domain::to_json(finding));
  return array;
}

Json json_of(const ModelTick& tick) {
  return Json::object({{"model", tick.model},
                       {"stage", tick.stage},
                       {"version", tick.version ? Json{tick.version->text()} : Json{}},
                       {"standing", app::name_of(tick.standing)},
                       {"triggers", findings_json(tick.findings)},
                       {"until", tick.until ? Json{rfc3339(*tick.until)} : Json{}},
                       {"firing", tick.firing ? domain::to_json(*tick.firing) : Json{}},
                       {"error", tick.error}});
}

std::string end_text(const domain::Firing& firing) {
  std::string text = firing.made ? firing.made->text() + " " : std::string{};
  text += domain::name_of(firing.outcome);
  if (firing.run) text += fmt::format(", run {}", *firing.run);
  if (!firing.reason.empty()) text += ": " + printable(firing.reason);
  return text;
}

Cell standing_cell(const Session& session, const ModelTick& tick) {
  switch (tick.standing) {
    case TickStanding::quiet:
      return {"quiet", Tone::good};
    case TickStanding::due:
      return {tick.firing ? fmt::format("would go on with firing {}", tick.firing->id) : "would be trained",
              Tone::warning};
    case TickStanding::cooling_down:
      return {fmt::format("due, cooling down: again {}", session.when(*tick.until)), Tone::warning};
    case TickStanding::limited:
      return {fmt::format("due, trained too often: again {}", session.when(*tick.until)), Tone::warning};
    case TickStanding::running:
      return {tick.firing && tick.firing->run ? fmt::format("run {} goes on, on a cluster", *tick.firing->run)
                                              : "another process is at it",
              Tone::plain};
    case TickStanding::unwatched:
      return {fmt::format("nobody holds {}", tick.stage), Tone::plain};
    case TickStanding::done:
      return {end_text(*tick.firing), tick.firing->outcome == FiringOutcome::failed    ? Tone::bad
                                      : tick.firing->outcome == FiringOutcome::refused ? Tone::warning
                                                                                       : Tone::good};
    case TickStanding::broken:
      return {printable(tick.error), Tone::bad};
  }
  return "";
}

class Tick final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops tick", "looks at all triggers once, and trains what is due"},
         {"mlops tick -n", "what is due, and why?"},
         {"mlops tick churn", "only this model"},
         {"mlops tick --print-systemd", "a timer that calls it; --print-cron, --print-github"}},
        "A model whose triggers in [model.NAME.retrain] are due is trained from the commit that counts, on its newest "
        "data, and promoted to `promote` through the gate. Each due thing is done once: two at a time, or one that was "
        "killed and run again, train once. What did not arrive at hooks is tried again.\n\n"
        "Exits 0 when nothing was due or all was done, 3 when a gate refused what was trained, 7 when a training "
        "failed, 1 when a model could not be judged."};
  }

  void declare(Args& args) override {
    args.positionals("MODEL", models_, "only these; all that have triggers otherwise", false, Completes::model);
    args.flag({"--print-systemd"}, systemd_, "print a systemd service and its timer");
    args.flag({"--print-cron"}, cron_, "print a line for crontab");
    args.flag({"--print-github"}, github_, "print a workflow for GitHub Actions");
  }

  ExitCode run(const Session& session) override {
    if (systemd_ || cron_ || github_) return print_units(session);
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::TickOutcome outcome = app::tick(workspace, {.models = models_, .dry_run = session.dry_run()});
    if (session.json()) {
      Json models = Json::array();
      for (const ModelTick& model : outcome.models) models.push_back(json_of(model));
      session.print_json(Json::object({{"models", models},
                                       {"deliveries", json_array(outcome.hooks.deliveries)},
                                       {"notice", outcome.notice},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      print_names(session, outcome);
    } else {
      print_text(session, outcome);
    }
    return exit_code(outcome);
  }

 private:
  static void print_names(const Session& session, const app::TickOutcome& outcome) {
    for (const ModelTick& model : outcome.models) {
      if (model.standing == TickStanding::due) session.print_line(model.model);
      if (model.firing && model.firing->made) session.print_line(model.firing->made->text());
    }
  }

  static void print_text(const Session& session, const app::TickOutcome& outcome) {
    if (outcome.notice) session.context().warn(*outcome.notice);
    if (outcome.models.empty()) session.print_line("no triggers: a table [model.NAME.retrain] in mlops.toml has them");
    Table table{{"MODEL", "VERSION", "", "TRIGGER", "FOUND"}};
    for (const ModelTick& model : outcome.models) {
      std::vector<Cell> head{{model.model, Tone::bold},
                             {model.version ? model.version->text() : std::string{}},
                             standing_cell(session, model)};
      if (model.findings.empty()) table.add({head[0], head[1], head[2], "", ""});
      for (std::size_t i = 0; i < model.findings.size(); ++i) {
        const auto& finding = model.findings[i];
        table.add({i == 0 ? head[0] : Cell{""},
                   i == 0 ? head[1] : Cell{""},
                   i == 0 ? head[2] : Cell{""},
                   {printable(finding.trigger), finding.due ? Tone::warning : Tone::plain},
                   {printable(finding.found)}});
      }
    }
    if (!table.empty()) session.print(table.text(session.style(), session.columns()));
    if (!outcome.hooks.deliveries.empty()) {
      session.print_line(fmt::format("{} {}", count_text(outcome.hooks.deliveries.size(), "delivery"),
                                     session.dry_run() ? "to hooks would be tried again" : "to hooks tried again"));
    }
  }

  static ExitCode exit_code(const app::TickOutcome& outcome) {
    const auto any = [&](const auto& is) { return std::ranges::any_of(outcome.models, is); };
    const auto ended = [](FiringOutcome how) {
      return [how](const ModelTick& model) {
        return model.standing == TickStanding::done && model.firing->outcome == how;
      };
    };
    if (any(ended(FiringOutcome::failed))) return ExitCode::training;
    if (any([](const ModelTick& model) { return model.standing == TickStanding::broken; })) return ExitCode::failed;
    if (any(ended(FiringOutcome::refused))) return ExitCode::refused;
    return ExitCode::done;
  }

  ExitCode print_units(const Session& session) const {
    if (int{systemd_} + int{cron_} + int{github_} > 1) {
      throw Error{ErrorKind::usage, "`--print-systemd`, `--print-cron` and `--print-github` exclude each other"};
    }
    if (session.json()) throw Error{ErrorKind::usage, "what `--print-…` prints is no JSON"};
    if (github_) {
      session.print(github_workflow());
      return ExitCode::done;
    }
    app::Workspace workspace{session.context(), app::Access::read};
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const bool is_own = workspace.registry() == workspace.project() / ".mlops";
    const TickPlace place{.program = ignored ? std::string{"mlops"} : program.string(),
                          .project = workspace.project().string(),
                          .registry = is_own ? std::string{} : workspace.registry().string()};
    session.print(systemd_ ? systemd_units(place) : crontab_line(place));
    return ExitCode::done;
  }

  std::vector<std::string> models_;
  bool systemd_ = false;
  bool cron_ = false;
  bool github_ = false;
};

}  // namespace

std::unique_ptr<Command> make_tick() { return std::make_unique<Tick>(); }

}  // namespace mlops::cli
