#include <mlops/app/artifacts.hpp>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "artifacts_findings.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class ArtifactsRepair final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts repair", "rebuild indexes, set damaged files aside"},
             {"mlops artifacts repair --from /backup/.mlops", "and heal what is lost from another registry"},
             {"mlops artifacts repair --from ~/models", "or from any files with the right digest"},
             {"mlops artifacts repair --from ~/models -n", "what that would heal, and what not"}},
            "Deletes nothing: damaged files are moved aside inside the registry. Exits 6 when something that is needed "
            "is lost still. With --dry-run nothing changes; all is read, and said what a repair would do."};
  }

  void declare(Args& args) override {
    args.repeated({"--from"}, "PATH", from_, "a registry, folder or file with good copies", Completes::files);
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const auto outcome = app::repair_artifacts(workspace, {.from = from_, .dry_run = session.dry_run()});
    if (session.json()) {
      print_json(session, outcome);
    } else if (!session.quiet()) {
      print_text(session, outcome);
    }
    return outcome.lost.empty() ? ExitCode::done : ExitCode::integrity;
  }

 private:
  static void print_json(const Session& session, const app::ArtifactsRepairOutcome& outcome) {
    Json healed = Json::array();
    for (const Digest& object : outcome.report.healed) healed.push_back(object.text());
    session.print_json(Json::object({{"applied", !session.dry_run()},
                                     {"whole", outcome.lost.empty()},
                                     {"indexes_rebuilt", outcome.report.indexes_rebuilt},
                                     {"quarantined", json_texts(outcome.report.quarantined)},
                                     {"healed", healed},
                                     {"lost", findings_json(outcome.lost)}}));
  }

  static void print_text(const Session& session, const app::ArtifactsRepairOutcome& outcome) {
    const auto& report = outcome.report;
    const bool dry = session.dry_run();
    const std::string would_be = dry ? "would be " : "";
    if (outcome.lost.empty()) {
      session.print_line(
          fmt::format("{}{}: everything that is needed is there", would_be, session.style().good("whole")));
    } else {
      session.print_line(fmt::format("{}{}: {} lost still", would_be, session.style().bad("not whole"),
                                     count_text(outcome.lost.size(), "object")));
    }
    if (report.indexes_rebuilt > 0) {
      const std::string indexes =
          report.indexes_rebuilt == 1 ? std::string{"1 index"} : fmt::format("{} indexes", report.indexes_rebuilt);
      session.print_line(fmt::format("  {} {}", dry ? "would rebuild" : "rebuilt", indexes));
    }
    if (!report.healed.empty()) {
      session.print_line(
          fmt::format("  {} {}", dry ? "would heal" : "healed", count_text(report.healed.size(), "object")));
    }
    for (const std::string& file : report.quarantined) {
      session.print_line(fmt::format("  {} {}", dry ? "would move aside" : "moved aside", printable(file)));
    }
    for (const auto& finding : outcome.lost) print_finding(session, finding);
    if (!outcome.lost.empty()) session.hint("mlops artifacts repair --from PATH  (heals from a good copy)");
  }

  std::vector<std::string> from_;
};

}  // namespace

std::unique_ptr<Command> make_artifacts_repair() { return std::make_unique<ArtifactsRepair>(); }

}  // namespace mlops::cli
