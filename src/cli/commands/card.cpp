#include <fmt/core.h>

#include <mlops/app/report.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"
#include "reports/card.hpp"

namespace mlops::cli {

namespace {

class CardCommand final : public Command {
 public:
  Help help() const override {
    return {{{"mlops card churn@7", "the model card, in Markdown"},
             {"mlops card churn@production --out README.md", "into a file, for the Hugging Face Hub or a folder"},
             {"mlops card churn@7 --json", "also which sections only a person can write"}},
            "Writes down what the registry knows: digests, files, licence, data, parameters, metrics, commit, run, "
            "what the gates found, and as limitations every check that did not pass. Nothing is made up: a section "
            "about which nothing is known says [More Information Needed], until model_card.md beside mlops.toml, in "
            "the version's commit, has a section of that heading."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version", Completes::reference);
    args.option({"-o", "--out"}, "FILE", out_, "write it there", Completes::files);
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::CardOutcome outcome = app::card_of(workspace, reference_);
    const Card card = model_card(outcome);
    for (const std::string& key : card.unread) {
      session.context().warn(
          fmt::format("`{}` in the front matter of model_card.md is not used: only the Hub's keys are, "
                      "with plain values or lists of them",
                      printable(key)));
    }
    if (out_ && !session.dry_run()) {
      const std::filesystem::path file = workspace.absolute(*out_);
      make_directories(file.parent_path());
      write_file_atomic(file, card.text);
    }
    if (session.json()) {
      session.print_json(Json::object({{"version", outcome.known.summary.version.id.text()},
                                       {"card", card.text},
                                       {"authored", json_texts(card.authored)},
                                       {"missing", json_texts(card.missing)},
                                       {"out", out_},
                                       {"dry_run", session.dry_run()}}));
    } else if (!out_) {
      session.print(card.text);
    } else if (session.quiet()) {
      session.print_line(*out_);
    } else {
      print_summary(session, outcome, card);
    }
    return ExitCode::done;
  }

 private:
  void print_summary(const Session& session, const app::CardOutcome& outcome, const Card& card) const {
    session.print_line(fmt::format("{} the card of {} to {}", session.dry_run() ? "would write" : "wrote",
                                   outcome.known.summary.version.id.text(), *out_));
    if (card.missing.empty()) return;
    session.hint(
        fmt::format("{} only you can write: model_card.md, in git", count_text(card.missing.size(), "section")));
  }

  std::string reference_;
  std::optional<std::string> out_;
};

}  // namespace

std::unique_ptr<Command> make_card() { return std::make_unique<CardCommand>(); }

}  // namespace mlops::cli
