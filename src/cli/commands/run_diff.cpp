#include <fmt/core.h>

#include <mlops/app/run_looks.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "changes.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class RunDiff final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run diff 12 15", "what is not the same in two runs"}},
            "Compares command, commit, params, inputs, outputs, metrics, and the environments. Exits 0 when nothing "
            "differs and 1 when something does."};
  }

  void declare(Args& args) override {
    args.positional("A", a_, "the number of a run", Completes::run);
    args.positional("B", b_, "of another one", Completes::run);
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::DiffRunsOutcome outcome = app::diff_runs(workspace, parse_run_number(a_), parse_run_number(b_));
    if (session.json()) {
      session.print_json(json_of(outcome));
    } else if (!session.quiet()) {
      print_text(session, outcome);
    }
    return outcome.same() ? ExitCode::done : ExitCode::failed;
  }

 private:
  static Json json_of(const app::DiffRunsOutcome& outcome) {
    const auto number = [](double value) { return Json{value}; };
    const auto text = [](const std::string& value) { return Json{value}; };
    const auto same = [](const Json& value) { return value; };
    const auto use = [](const domain::DataUse& value) { return domain::to_json(value); };
    return Json::object({{"a", domain::to_json(outcome.a)},
                         {"b", domain::to_json(outcome.b)},
                         {"same", outcome.same()},
                         {"facts", changes_json(outcome.facts, text)},
                         {"metrics", changes_json(outcome.metrics, number)},
                         {"params", changes_json(outcome.params, same)},
                         {"inputs", changes_json(outcome.inputs, use)},
                         {"outputs", changes_json(outcome.outputs, text)},
                         {"environment", changes_json(outcome.environment, text)}});
  }

  static void print_text(const Session& session, const app::DiffRunsOutcome& outcome) {
    const std::string a = fmt::format("run {}", outcome.a.number);
    const std::string b = fmt::format("run {}", outcome.b.number);
    if (outcome.same()) {
      session.print_line(fmt::format("{} and {} are the same", a, b));
      return;
    }
    const auto section = [&](const std::string& name, const auto& changes, const auto& to_text) {
      if (changes.empty()) return;
      Table table{{name, a, b}};
      for (const auto& change : changes) {
        table.add({{printable(change.name)}, {side_text(change.before, to_text)}, {side_text(change.after, to_text)}});
      }
      session.print(table.text(session.style(), session.columns()) + "\n");
    };
    const auto text = [](const std::string& value) { return printable(value); };
    section("FACT", outcome.facts, text);
    section("PARAM", outcome.params, [](const Json& value) { return param_text(value); });
    section("METRIC", outcome.metrics, [](double value) { return figure_text(value); });
    section("INPUT", outcome.inputs, data_use_text);
    section("OUTPUT", outcome.outputs, [](const std::string& digest) { return digest.substr(0, 19); });
    section("ENVIRONMENT", outcome.environment, text);
  }

  std::string a_, b_;
};

}  // namespace

std::unique_ptr<Command> make_run_diff() { return std::make_unique<RunDiff>(); }

}  // namespace mlops::cli
