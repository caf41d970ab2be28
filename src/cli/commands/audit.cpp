#include <fmt/core.h>

#include <mlops/app/audit.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class AuditLog final : public Command {
 public:
  Help help() const override {
    return {{{"mlops audit log", "every change, oldest first"},
             {"mlops audit log --model churn --kind stage", "who moved the stages of churn"},
             {"mlops audit log --since 7d --json", "JSON Lines with the state before and after"}},
            "Every change writes one event in the same transaction. --kind takes the beginning of a kind: stage, "
            "stage.promoted, version, verdict, approval, waiver, alias, dataset, run, model."};
  }

  void declare(Args& args) override {
    args.option({"--model"}, "MODEL", model_, "only events about this model", Completes::model);
    args.option({"--actor"}, "TEXT", actor_, "only by an actor whose name contains this");
    args.option({"--kind"}, "KIND", kind_, "only events of this kind");
    args.option({"--since"}, "TIME", since_, "only from then on");
    args.option({"--until"}, "TIME", until_, "only until then");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    bool any = false;
    app::audit_log(workspace, {.model = model_, .actor = actor_, .kind = kind_, .since = since_, .until = until_},
                   [&](const domain::Event& event) {
                     any = true;
                     print(session, event);
                   });
    if (!any && !session.json() && !session.quiet()) session.print_line("no events match");
    return ExitCode::done;
  }

 private:
  static void print(const Session& session, const domain::Event& event) {
    if (session.json()) {
      session.print_json_line(domain::to_json(event));
    } else if (session.quiet()) {
      session.print_line(std::to_string(event.sequence));
    } else {
      session.print_line(fmt::format("{:>6}  {}  {:<20}  {:<28}  {}", event.sequence, rfc3339(event.at), event.kind,
                                     printable(event.subject), session.style().faint(printable(event.origin.actor))));
    }
  }

  std::optional<std::string> model_, actor_, kind_, since_, until_;
};

class AuditVerify final : public Command {
 public:
  Help help() const override {
    return {{{"mlops audit verify", "exit 0: nothing was edited; exit 6: something was, and what"}},
            "Checks every event against its hash, the Merkle root over all of them, that each event begins where the "
            "one before it "
            "ended, and that the registry is what the events lead to. What it can't see by itself is a log that was "
            "cut off or "
            "rewritten as a whole: keep the root it prints somewhere else."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::AuditVerifyOutcome outcome = app::verify_audit(workspace);
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      if (outcome.problems.empty()) session.print_line(outcome.root.text());
    } else {
      print_text(session, outcome);
    }
    return outcome.problems.empty() ? ExitCode::done : ExitCode::integrity;
  }

 private:
  static void print_json(const Session& session, const app::AuditVerifyOutcome& outcome) {
    Json problems = Json::array();
    for (const auto& problem : outcome.problems) {
      problems.push_back(Json::object({{"event", problem.event ? Json{*problem.event} : Json{}},
                                       {"subject", problem.subject.empty() ? Json{} : Json{problem.subject}},
                                       {"message", problem.message}}));
    }
    session.print_json(Json::object({{"sound", outcome.problems.empty()},
                                     {"events", outcome.events},
                                     {"subjects", outcome.subjects},
                                     {"root", outcome.root.text()},
                                     {"problems", problems}}));
  }

  static void print_text(const Session& session, const app::AuditVerifyOutcome& outcome) {
    const Style& style = session.style();
    if (outcome.problems.empty()) {
      session.print_line(fmt::format("{}: {}, and the registry is what they lead to", style.good("sound"),
                                     count_text(outcome.events, "event")));
      session.print_line(fmt::format("  root  {}", outcome.root.text()));
      return;
    }
    session.print_line(fmt::format("{}: {} in {}", style.bad("not sound"),
                                   count_text(outcome.problems.size(), "problem"),
                                   count_text(outcome.events, "event")));
    for (const auto& problem : outcome.problems) {
      session.print_line(
          fmt::format("  {}{}{}", problem.event ? fmt::format("event {}: ", *problem.event) : std::string{},
                      problem.subject.empty() ? std::string{} : printable(problem.subject) + ": ", problem.message));
    }
  }
};

}  // namespace

std::unique_ptr<Command> make_audit_log() { return std::make_unique<AuditLog>(); }
std::unique_ptr<Command> make_audit_verify() { return std::make_unique<AuditVerify>(); }

}  // namespace mlops::cli
