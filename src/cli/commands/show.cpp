#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t files_of_version_shown = 20;

class Show final : public Command {
 public:
  Help help() const override {
    return {{{"mlops show churn@production", "what is in production"},
             {"mlops show churn@7 --json", "for a script"},
             {"mlops show churn", "the latest version"}},
            "Shows everything known about one version: files, code, data, metrics, params, the run that made it, the "
            "verdicts of "
            "the gates, approvals, waivers, and the stages it has held."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version", Completes::reference);
    args.flag({"--files"}, all_files_, "list every file");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::ShowOutcome outcome = app::show_version(workspace, reference_);
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(outcome.summary.version.id.text());
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_json(const Session& session, const app::ShowOutcome& outcome) {
    Json json = to_json(outcome.summary);
    json.set("file_list", json_array(outcome.files));
    json.set("run_record", outcome.run ? domain::to_json(*outcome.run) : Json{});
    json.set("verdicts", json_array(outcome.verdicts));
    json.set("approvals", json_array(outcome.approvals));
    json.set("waivers", waivers_json(outcome.waivers, session.now()));
    json.set("stage_changes", json_array(outcome.changes));
    session.print_json(json);
  }

  void print_text(const Session& session, const app::ShowOutcome& outcome) const {
    const Style& style = session.style();
    const domain::Version& version = outcome.summary.version;
    std::string title = style.bold(version.id.text());
    if (version.semver) title += " " + version.semver->text();
    if (!outcome.summary.stages.empty()) title += "  " + style.good(join(outcome.summary.stages, ", "));
    if (!outcome.summary.aliases.empty()) title += "  " + join(outcome.summary.aliases, ", ");
    session.print_line(title);
    if (outcome.summary.deprecation) {
      session.print_line(
          style.warning(fmt::format("  deprecated {} by {}: {}", session.when(outcome.summary.deprecation->at),
                                    outcome.summary.deprecation->by, printable(outcome.summary.deprecation->reason))));
    }
    if (outcome.summary.deletion) {
      session.print_line(style.bad("  deleted " + deletion_text(session, *outcome.summary.deletion)));
    }
    session.print(facts_text(session, outcome));
    print_files(session, outcome);
    print_verdicts(session, outcome);
    print_changes(session, outcome);
  }

  static std::string facts_text(const Session& session, const app::ShowOutcome& outcome) {
    const domain::Version& version = outcome.summary.version;
    Facts facts;
    facts.add("message", printable(version.message));
    facts.add("registered", fmt::format("{} by {}", session.when(version.registered_at), version.registered_by));
    facts.add("digest", version.digest.text());
    if (version.git) {
      facts.add("commit", git_text(*version.git));
      facts.add("remote", printable(version.git->remote.value_or("")));
    }
    if (version.inspected) {
      facts.add("format", format_text(*version.inspected));
      facts.add("licence", printable(version.inspected->licence));
      facts.add("scan", std::string{name_of(version.inspected->safety)});
      if (version.inspected->code_warnings > 0) {
        facts.add("code", count_text(static_cast<std::size_t>(version.inspected->code_warnings), "warning") +
                              " (`mlops scan` lists them)");
      }
    }
    facts.add("data", data_text(version.data));
    if (version.parent) facts.add("parent", version.parent->text());
    if (outcome.run)
      facts.add("run", fmt::format("{}: {}", outcome.run->number, printable(join(outcome.run->command, " "))));
    facts.add("metrics", metrics_text(version.metrics));
    facts.add("params", params_text(version.params));
    facts.add("tags", tags_text(outcome.summary.tags));
    if (!version.signature.is_null()) facts.add("signature", printable(to_line(version.signature)));
    for (const auto& approval : outcome.approvals) {
      facts.add(approval.decision == domain::Decision::approve ? "approved" : "rejected",
                fmt::format("for {} by {}, {}{}", approval.stage, approval.by, session.when(approval.at),
                            approval.reason.empty() ? "" : ": " + printable(approval.reason)));
    }
    for (const auto& waiver : outcome.waivers) facts.add("waived", waiver_text(session, waiver));
    return facts.text(session.style());
  }

  void print_files(const Session& session, const app::ShowOutcome& outcome) const {
    session.print_line(fmt::format("\n{}, {}", count_text(outcome.files.size(), "file"),
                                   bytes_text(outcome.summary.version.total_bytes)));
    const bool has_places = outcome.summary.version.references.has_value();
    std::vector<std::string> headings{"PATH", "SIZE", "SHA-256"};
    if (has_places) headings.emplace_back("PLACE");
    Table table{headings};
    for (const auto& file : outcome.files) {
      if (!all_files_ && &file - outcome.files.data() >= static_cast<std::ptrdiff_t>(files_of_version_shown)) break;
      std::vector<Cell> row{
          {printable(file.path)}, {bytes_text(file.size)}, {file.digest.hex().substr(0, 16), Tone::faint}};
      const Cell place{printable(file.uri)};
      if (has_places) row.push_back(place);
      table.add(std::move(row));
    }
    session.print(table.text(session.style(), session.columns(), "  "));
    if (!all_files_ && outcome.files.size() > files_of_version_shown) {
      session.print_line(
          fmt::format("  and {} more (`--files` lists all)", outcome.files.size() - files_of_version_shown));
    }
  }

  static void print_verdicts(const Session& session, const app::ShowOutcome& outcome) {
    for (const auto& verdict : outcome.verdicts) {
      session.print_line(fmt::format("\ngate of {}: {} {} (verdict {})", verdict.stage, name_of(verdict.result),
                                     session.when(verdict.at), verdict.id));
      session.print(evidence_text(session, verdict.evidence));
    }
  }

  static void print_changes(const Session& session, const app::ShowOutcome& outcome) {
    if (outcome.changes.empty()) return;
    session.print_line("\nstages");
    for (const auto& change : outcome.changes) {
      const bool came = change.version == outcome.summary.version.id.number;
      session.print_line(fmt::format("  {} {} {} ({} by {})", came ? "entered" : "left", change.stage,
                                     session.when(change.at), name_of(change.kind), change.by));
    }
  }

  std::string reference_;
  bool all_files_ = false;
};

}  // namespace

std::unique_ptr<Command> make_show() { return std::make_unique<Show>(); }

}  // namespace mlops::cli
