#include <mlops/app/checkout.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class Checkout final : public Command {
 public:
  Help help() const override {
    return {{{"mlops checkout churn@production model/", "what is in production, into model/"},
             {"mlops checkout churn@7", "into churn@7/"},
             {"cd $(mlops checkout churn@7 -q)", "for scripts: prints the folder"}},
            "Writes the files of a version, each verified while it is written and visible only when complete. Files "
            "that are "
            "there already with the right content are left alone; a file with other content is never replaced without "
            "--force."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version", Completes::reference);
    args.optional_positional("DIR", directory_, "where to (default: NAME@NUMBER)", Completes::files);
    args.flag({"-f", "--force"}, force_, "replace files that have other content");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    app::CheckoutRequest request{
        .reference = reference_, .directory = std::nullopt, .force = force_, .dry_run = session.dry_run()};
    if (directory_ && directory_->empty()) throw Error{ErrorKind::usage, "`DIR` is empty"};
    if (directory_) request.directory = *directory_;
    const app::CheckoutOutcome outcome = app::checkout(workspace, request);
    if (session.json()) {
      session.print_json(Json::object({{"version", outcome.version.text()},
                                       {"directory", outcome.directory.string()},
                                       {"files", outcome.files},
                                       {"written", outcome.result.written},
                                       {"unchanged", outcome.result.unchanged},
                                       {"bytes", outcome.result.bytes},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      session.print_line(outcome.directory.string());
    } else if (session.dry_run()) {
      session.print_line(fmt::format("would write {} of {} to {}", count_text(outcome.files, "file"),
                                     session.style().bold(outcome.version.text()), outcome.directory.string()));
    } else {
      session.print_line(fmt::format("{} is in {}: {} written ({}), {} unchanged",
                                     session.style().bold(outcome.version.text()), outcome.directory.string(),
                                     count_text(outcome.result.written, "file"), bytes_text(outcome.result.bytes),
                                     outcome.result.unchanged));
    }
    return ExitCode::done;
  }

 private:
  std::string reference_;
  std::optional<std::string> directory_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_checkout() { return std::make_unique<Checkout>(); }

}  // namespace mlops::cli
