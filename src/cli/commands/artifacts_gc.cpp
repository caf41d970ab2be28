#include <mlops/app/artifacts.hpp>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class ArtifactsGc final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts gc", "what could go, and how much it is"},
             {"mlops artifacts gc --apply", "let it go"},
             {"mlops artifacts gc --keep runs=30d --apply", "and what only runs need that ended longer ago"},
             {"mlops artifacts gc --older-than 7d --apply", "only what was stored longer ago"}},
            "Frees the bytes that nothing needs any more: those of deleted versions, and of commands that never came "
            "to their end. What a version, the run it came from or a dataset needs is never touched, and neither is "
            "what a command still at work may need. --keep says which other runs keep their bytes: `runs` (all of "
            "them, the default), `runs=30d` (those that ended since) or `versions` (none). Profiles and bins that are "
            "kept of tables go, too, when no dataset has the table, or when nobody asked for them in 90 days. Without "
            "--apply nothing changes."};
  }

  void declare(Args& args) override {
    args.flag({"--apply"}, apply_, "do it; otherwise only say what would happen");
    args.option({"--older-than"}, "SPAN", older_than_, "only what was stored longer ago (7d, 12h)");
    args.option({"--keep"}, "WHAT", keep_, "runs, runs=SPAN or versions (default: runs)");
  }

  ExitCode run(const Session& session) override {
    const bool apply = apply_ && !session.dry_run();
    app::Workspace workspace{session.context(), apply ? app::Access::write : app::Access::read};
    const auto outcome =
        app::collect_artifacts(workspace, {.older_than = older_than_, .keep = keep_.value_or("runs"), .apply = apply});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(std::to_string(outcome.applied ? outcome.report.freed_bytes : outcome.report.dead_bytes));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_json(const Session& session, const app::ArtifactsCollectOutcome& outcome) {
    const auto& report = outcome.report;
    session.print_json(
        Json::object({{"applied", outcome.applied},
                      {"live_bytes", report.live_bytes},
                      {"dead_bytes", report.dead_bytes},
                      {"dead_objects", report.dead_objects},
                      {"runs", outcome.runs},
                      {"packs_removed", report.packs_removed},
                      {"packs_rewritten", report.packs_rewritten},
                      {"leftovers_removed", report.leftovers_removed},
                      {"freed_bytes", report.freed_bytes},
                      {"kept_bytes", report.kept_bytes},
                      {"cache_files", outcome.cache_files},
                      {"cache_bytes", outcome.cache_bytes},
                      {"busy", json_texts(report.busy)},
                      {"collection", outcome.collection ? domain::to_json(*outcome.collection) : Json{}}}));
  }

  static void print_text(const Session& session, const app::ArtifactsCollectOutcome& outcome) {
    const auto& report = outcome.report;
    const std::string dead =
        fmt::format("{} in {}", bytes_text(report.dead_bytes), count_text(report.dead_objects, "object"));
    if (outcome.applied) {
      session.print_line(
          fmt::format("{} freed; nothing needed {}", session.style().bold(bytes_text(report.freed_bytes)), dead));
    } else if (report.dead_objects > 0) {
      session.print_line(fmt::format("nothing needs {}", session.style().bold(dead)));
    } else {
      session.print_line(outcome.cache_files == 0 ? "everything is needed: nothing to free" : "every object is needed");
    }
    session.print(details_text(session, outcome));
    for (const std::string& command : report.busy) {
      session.print_line(fmt::format("  {} still runs, and keeps what it may need", printable(command)));
    }
    if (!outcome.applied && report.dead_objects + outcome.cache_files > 0)
      session.hint("mlops artifacts gc --apply  (frees it)");
  }

  static std::string details_text(const Session& session, const app::ArtifactsCollectOutcome& outcome) {
    const auto& report = outcome.report;
    const std::string_view would = outcome.applied ? "" : " (would be)";
    Facts facts;
    facts.add("needed", bytes_text(report.live_bytes));
    if (outcome.runs > 0) facts.add("let go", count_text(outcome.runs, "run") + " that no version came of");
    if (report.packs_removed > 0) facts.add("removed", count_text(report.packs_removed, "pack") + std::string{would});
    if (report.packs_rewritten > 0) {
      facts.add("rewritten", count_text(report.packs_rewritten, "pack") + std::string{would});
    }
    if (report.leftovers_removed > 0) facts.add("leftovers", count_text(report.leftovers_removed, "file"));
    if (report.kept_bytes > 0) facts.add("left", bytes_text(report.kept_bytes) + " too young or not worth moving");
    if (outcome.cache_files > 0) {
      facts.add("cache", fmt::format("{} {}, {}, kept of tables that no dataset has, or that nobody asked for",
                                     outcome.applied ? "removed" : "not needed:",
                                     count_text(outcome.cache_files, "file"), bytes_text(outcome.cache_bytes)));
    }
    return facts.text(session.style());
  }

  std::optional<std::string> older_than_, keep_;
  bool apply_ = false;
};

}  // namespace

std::unique_ptr<Command> make_artifacts_gc() { return std::make_unique<ArtifactsGc>(); }

}  // namespace mlops::cli
