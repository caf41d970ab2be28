#include <array>

#include <fmt/core.h>

#include <mlops/app/reproduce.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::string grade_text(const domain::Fidelity& fidelity) {
  constexpr std::array<std::string_view, 5> meanings{
      "the same recipe", "the same recipe, code and data", "the same recipe, code, data and environment",
      "the same recipe, code, data, environment and hardware", "bit for bit"};
  const auto grade = fidelity.grade();
  return grade ? fmt::format("F{}, {}", *grade, meanings.at(static_cast<std::size_t>(*grade))) : "with another recipe";
}

std::map<std::string, double> parse_tolerances(const std::vector<std::string>& arguments) {
  std::map<std::string, double> tolerance;
  for (const std::string& argument : arguments) {
    const auto [name, text] = split_pair(argument, "--tolerance", "METRIC=NUMBER");
    const auto distance = parse_double(text);
    if (!distance || *distance < 0) {
      throw Error{ErrorKind::usage, fmt::format("`--tolerance {}`: a number from 0 is wanted", printable(argument))};
    }
    tolerance.insert_or_assign(name, *distance);
  }
  return tolerance;
}

std::string optional_figure(const std::optional<double>& value) { return value ? figure_text(*value) : std::string{}; }

Json inputs_json(const std::vector<std::pair<std::string, std::string>>& inputs) {
  Json json = Json::object();
  for (const auto& [role, source] : inputs) json.set(role, source);
  return json;
}

class Reproduce final : public Command {
 public:
  Help help() const override {
    return {{{"mlops reproduce churn@production", "can what is in production be made again?"},
             {"mlops reproduce churn@7 --tolerance auc=0.001", "good enough when auc is within 0.001"},
             {"mlops reproduce churn@7 --seed 8", "how much depends on the seed?"}},
            "Runs the recorded command of the version again, in a clean checkout of its commit with the recorded data, "
            "params and seed, and tells how near that came: F4 when all its files are the same, bit for bit; else F3 "
            "with the same recipe, code, data, environment and hardware, F2 without the same hardware, F1 without the "
            "same environment, F0 with other code or data. Each difference is named. It is reproduced when the files "
            "are identical or every metric is within its tolerance: `tolerance` of the recipe, with --tolerance on "
            "top, and none otherwise. Exits 0 when it is reproduced, 1 when not, 7 when the command fails. Nothing is "
            "registered; the run is kept."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version to make again", Completes::reference);
    args.repeated({"--tolerance"}, "METRIC=NUMBER", tolerance_, "how far a metric may be off (can be repeated)");
    args.repeated({"--input"}, "NAME=PATH", inputs_, "with other data: a path, or a dataset NAME@N", Completes::files);
    args.repeated({"--param"}, "NAME=VALUE", params_, "with another param (can be repeated)");
    args.number({"--seed"}, "N", seed_, 0, "with another seed");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::ReproduceOutcome outcome =
        app::reproduce(workspace, {.reference = reference_,
                                   .inputs = parse_data_arguments(inputs_, "--input", session.context().directory),
                                   .params = parse_param_arguments(params_),
                                   .seed = seed_,
                                   .tolerance = parse_tolerances(tolerance_),
                                   .dry_run = session.dry_run()});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      if (outcome.fidelity) print_grade(session, *outcome.fidelity);
    } else {
      print_text(session, outcome);
    }
    if (session.dry_run()) return ExitCode::done;
    if (!outcome.fidelity) return ExitCode::training;
    return outcome.fidelity->reproduced() ? ExitCode::done : ExitCode::failed;
  }

 private:
  static void print_grade(const Session& session, const domain::Fidelity& fidelity) {
    const auto grade = fidelity.grade();
    session.print_line(grade ? fmt::format("F{}", *grade) : "none");
  }

  static void print_json(const Session& session, const app::ReproduceOutcome& outcome) {
    session.print_json(Json::object({{"version", outcome.version.text()},
                                     {"recorded_run", outcome.recorded_run},
                                     {"commit", outcome.commit},
                                     {"command", json_texts(outcome.command)},
                                     {"inputs", inputs_json(outcome.inputs)},
                                     {"run", outcome.run ? Json{outcome.run->number} : Json{}},
                                     {"run_record", outcome.run ? domain::to_json(*outcome.run) : Json{}},
                                     {"fidelity", outcome.fidelity ? domain::to_json(*outcome.fidelity) : Json{}},
                                     {"dry_run", session.dry_run()}}));
  }

  static void print_plan(const Session& session, const app::ReproduceOutcome& outcome) {
    session.print_line(fmt::format("would make {} again, from run {}", session.style().bold(outcome.version.text()),
                                   outcome.recorded_run));
    Facts facts;
    facts.add("commit", outcome.commit.substr(0, 7));
    facts.add("command", printable(join(outcome.command, " ")));
    for (const auto& [role, source] : outcome.inputs) facts.add("input " + role, printable(source));
    session.print(facts.text(session.style()));
  }

  static void print_text(const Session& session, const app::ReproduceOutcome& outcome) {
    const Style& style = session.style();
    if (session.dry_run()) return print_plan(session, outcome);
    const std::string run = style.bold(fmt::format("run {}", outcome.run->number));
    if (!outcome.fidelity) {
      session.print_line(fmt::format("{} {}: {}", run, style.bad("failed"), printable(outcome.run->failure)));
      session.hint(fmt::format("mlops run log {}", outcome.run->number));
      return;
    }
    const domain::Fidelity& fidelity = *outcome.fidelity;
    const std::string id = style.bold(outcome.version.text());
    const std::string verdict = fidelity.reproduced()
                                    ? fmt::format("{} {} in {}", style.good("reproduced"), id, run)
                                    : fmt::format("{} {} in {}", style.bad("did not reproduce"), id, run);
    session.print_line(fmt::format("{}: {}", verdict, grade_text(fidelity)));
    print_files(session, fidelity);
    print_metrics(session, outcome);
    print_differences(session, outcome);
  }

  static void print_files(const Session& session, const domain::Fidelity& fidelity) {
    constexpr std::size_t shown = 5;
    Facts facts;
    const std::size_t different = fidelity.different_files.size();
    const std::size_t same = fidelity.files - std::min(fidelity.files, different);
    facts.add("files", fmt::format("{} of {} the same", same, fidelity.files));
    std::vector<std::string> names{
        fidelity.different_files.begin(),
        fidelity.different_files.begin() + static_cast<std::ptrdiff_t>(std::min(shown, different))};
    for (std::string& name : names) name = printable(name);
    if (different > shown) names.push_back(fmt::format("{} more", different - shown));
    facts.add("different", join(names, ", "));
    session.print(facts.text(session.style()));
  }

  static void print_metrics(const Session& session, const app::ReproduceOutcome& outcome) {
    if (outcome.fidelity->metrics.empty()) return;
    Table table{
        {"METRIC", outcome.version.text(), fmt::format("run {}", outcome.run->number), "CHANGE", "TOLERANCE", ""}};
    for (const domain::MetricFidelity& metric : outcome.fidelity->metrics) {
      const bool both = metric.before && metric.after;
      const double change = both ? *metric.after - *metric.before : 0;
      table.add({{printable(metric.name)},
                 {optional_figure(metric.before)},
                 {optional_figure(metric.after)},
                 {!both         ? ""
                  : change == 0 ? "="
                                : (change > 0 ? "+" : "") + figure_text(change)},
                 {metric.tolerance > 0 ? figure_text(metric.tolerance) : std::string{}},
                 {metric.within() ? "" : "off", Tone::bad}});
    }
    session.print(table.text(session.style(), session.columns(), "  "));
  }

  static void print_differences(const Session& session, const app::ReproduceOutcome& outcome) {
    const domain::Fidelity& fidelity = *outcome.fidelity;
    if (fidelity.differences.empty()) {
      if (!fidelity.identical())
        session.print_line("  nothing that is recorded differs: the command itself gives other results each time");
      return;
    }
    Table table{{"DIFFERS", "WHAT", fmt::format("run {}", outcome.recorded_run),
                 fmt::format("run {}", outcome.run->number), "HOW"}};
    for (const domain::Difference& difference : fidelity.differences) {
      table.add({{std::string{name_of(difference.kind)}},
                 {printable(difference.name), Tone::bold},
                 {difference.before.empty() ? "-" : printable(difference.before)},
                 {difference.after.empty() ? "-" : printable(difference.after)},
                 {printable(difference.detail)}});
    }
    session.print(table.text(session.style(), session.columns(), "  "));
  }

  std::string reference_;
  std::vector<std::string> tolerance_, inputs_, params_;
  std::optional<std::int64_t> seed_;
};

}  // namespace

std::unique_ptr<Command> make_reproduce() { return std::make_unique<Reproduce>(); }

}  // namespace mlops::cli
