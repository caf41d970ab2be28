#include <mlops/app/checkout.hpp>

#include <chrono>
#include <span>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

// Nobody reads on.
struct ReaderIsGone {};

class Checkout final : public Command {
 public:
  Help help() const override {
    return {{{"mlops checkout churn@production model/", "what is in production, into model/"},
             {"mlops checkout churn@7", "into churn@7/"},
             {"cd $(mlops checkout churn@7 -q)", "for scripts: prints the folder"},
             {"mlops checkout churn --path tokenizer --path '*.json'", "only a folder, and JSON files beside it"},
             {"mlops checkout churn --stdout config.json | jq .layers", "one file, to the next program"}},
            "Writes the files of a version, several at a time, each verified while it is written, durable, and visible "
            "only when complete. After an interruption the same command goes on with what is missing, also in the "
            "middle of a large file. Files that are there already with the right content are left alone: those that "
            "look as they did when they were last read or written are not read again, unless with --verify. A file "
            "with other content is never replaced without --force. Files registered by reference are copied from "
            "their place.\n\n"
            "In the GLOB of --path, `*` and `?` stay within one part of a path, `[a-z]` is one of a set, `**` any "
            "number of folders; a folder selects all that is in it."};
  }

  void declare(Args& args) override {
    args.positional("MODEL[@REF]", reference_, "the version", Completes::reference);
    args.optional_positional("DIR", directory_, "where to (default: NAME@NUMBER)", Completes::files);
    args.flag({"-f", "--force"}, force_, "replace files that have other content");
    args.repeated({"--path"}, "GLOB", patterns_, "only these files of the version (can be repeated)");
    args.option({"--stdout"}, "PATH", stdout_, "write this one file of the version to the standard output");
    args.flag({"--verify"}, verify_, "read all files that are there, also those that look unchanged");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    if (stdout_) return print_file(session, workspace);
    if (directory_ && directory_->empty()) throw Error{ErrorKind::usage, "`DIR` is empty"};
    app::CheckoutRequest request{.reference = reference_,
                                 .directory = std::nullopt,
                                 .force = force_,
                                 .patterns = patterns_,
                                 .verify = verify_,
                                 .dry_run = session.dry_run()};
    if (directory_) request.directory = *directory_;
    const auto begun = std::chrono::steady_clock::now();
    const app::CheckoutOutcome outcome = app::checkout(workspace, request);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(outcome.directory.string());
    } else if (session.dry_run()) {
      session.print_line(fmt::format("would write {} of {} to {} ({}), {} unchanged",
                                     count_text(outcome.result.written, "file"),
                                     session.style().bold(outcome.version.text()), outcome.directory.string(),
                                     bytes_text(outcome.result.bytes), outcome.result.unchanged));
    } else {
      session.print_line(fmt::format(
          "{} is in {}: {} written ({}), {} unchanged{}", session.style().bold(outcome.version.text()),
          outcome.directory.string(), count_text(outcome.result.written, "file"), bytes_text(outcome.result.bytes),
          outcome.result.unchanged, session.is_terminal() ? speed_text(outcome.result.bytes, took.count()) : ""));
    }
    return ExitCode::done;
  }

 private:
  ExitCode print_file(const Session& session, app::Workspace& workspace) const {
    const auto refuse_with = [](std::string_view other) {
      throw Error{ErrorKind::usage, fmt::format("`--stdout` and {} exclude each other", other)};
    };
    if (directory_) refuse_with("`DIR`");
    if (session.json()) refuse_with("`--json`");
    if (!patterns_.empty()) refuse_with("`--path`");
    if (session.dry_run()) refuse_with("`--dry-run`");
    try {
      app::read_version_file(workspace, reference_, *stdout_, [&session](std::span<const std::byte> piece) {
        session.print({reinterpret_cast<const char*>(piece.data()), piece.size()});
        if (session.reader_is_gone()) throw ReaderIsGone{};
      });
    } catch (const ReaderIsGone&) {
      return ExitCode::done;  // it has what it wanted
    }
    return ExitCode::done;
  }

  static void print_json(const Session& session, const app::CheckoutOutcome& outcome) {
    session.print_json(Json::object({{"version", outcome.version.text()},
                                     {"directory", outcome.directory.string()},
                                     {"files", outcome.files},
                                     {"written", outcome.result.written},
                                     {"unchanged", outcome.result.unchanged},
                                     {"bytes", outcome.result.bytes},
                                     {"dry_run", session.dry_run()}}));
  }

  // Only for people: a pipe gets the same text every time.
  static std::string speed_text(std::uint64_t bytes, double seconds) {
    constexpr double worth_telling = 0.5;
    if (bytes == 0 || seconds < worth_telling) return "";
    return fmt::format(", in {}: {}/s", duration_text(static_cast<std::int64_t>(seconds * 1000)),
                       bytes_text(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)));
  }

  std::string reference_;
  std::optional<std::string> directory_;
  std::optional<std::string> stdout_;
  std::vector<std::string> patterns_;
  bool force_ = false;
  bool verify_ = false;
};

}  // namespace

std::unique_ptr<Command> make_checkout() { return std::make_unique<Checkout>(); }

}  // namespace mlops::cli
