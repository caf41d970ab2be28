#include <mlops/app/artifacts.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "artifacts_findings.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

// "5%" or "0.05" as a share from 0 to 1.
double parse_share(const std::string& text) {
  const bool is_percent = text.ends_with('%');
  const auto number = parse_double(is_percent ? text.substr(0, text.size() - 1) : text);
  const double share = number.value_or(-1) / (is_percent ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw Error{ErrorKind::usage,
              fmt::format("`--sample {}` is not a share", printable(text)),
              {"write a percentage, such as 5%"}};
}

class ArtifactsVerify final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts verify", "is everything in its place?"},
             {"mlops artifacts verify --read-data", "is every stored byte what it was?"},
             {"mlops artifacts verify --sample 5%", "the same for a random part"},
             {"mlops artifacts verify churn@production --read-data", "one version, from end to end"}},
            "Names what is damaged or missing and whose it is: versions, datasets and runs. Files that were registered "
            "by reference are looked at in their place, and read with --read-data. Exits 6 when data is damaged; what "
            "`mlops artifacts repair` can mend without loss is only noted. What was found damaged is stored again when "
            "the same files are registered again."};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL@REF", reference_, "only what this version needs", Completes::reference);
    args.flag({"--read-data"}, read_data_, "read and hash all the data");
    args.option({"--sample"}, "SHARE", sample_, "read and hash a random part of the data");
  }

  ExitCode run(const Session& session) override {
    if (read_data_ && sample_) throw Error{ErrorKind::usage, "`--read-data` and `--sample` can't be given together"};
    app::Workspace workspace{session.context(), app::Access::read};
    const double share = sample_ ? parse_share(*sample_) : 0;
    const auto outcome =
        app::verify_artifacts(workspace, {.reference = reference_, .sample = read_data_ ? 1.0 : share});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      for (const auto& finding : outcome.findings) {
        for (const std::string& need : finding.touches) session.print_line(need);
      }
    } else {
      print_text(session, outcome);
    }
    return outcome.sound() ? ExitCode::done : ExitCode::integrity;
  }

 private:
  static void print_json(const Session& session, const app::ArtifactsVerifyOutcome& outcome) {
    session.print_json(Json::object({{"sound", outcome.sound()},
                                     {"version", outcome.version ? Json{outcome.version->text()} : Json{}},
                                     {"objects", outcome.objects},
                                     {"references", outcome.references},
                                     {"files", outcome.files},
                                     {"bytes_read", outcome.bytes},
                                     {"findings", findings_json(outcome.findings)}}));
  }

  static void print_text(const Session& session, const app::ArtifactsVerifyOutcome& outcome) {
    const Style& style = session.style();
    std::string looked_at = count_text(outcome.objects, "object");
    if (outcome.references > 0) looked_at += fmt::format(" and {}", count_text(outcome.references, "reference"));
    session.print_line(fmt::format("{}: {}{}, {}", outcome.sound() ? style.good("sound") : style.bad("not sound"),
                                   outcome.version ? outcome.version->text() + ", " : "", looked_at,
                                   outcome.bytes > 0 ? bytes_text(outcome.bytes) + " read" : "no data read"));
    for (const auto& finding : outcome.findings) print_finding(session, finding);
    if (!outcome.findings.empty()) session.hint("mlops artifacts repair --from PATH  (heals from a good copy)");
  }

  std::optional<std::string> reference_, sample_;
  bool read_data_ = false;
};

}  // namespace

std::unique_ptr<Command> make_artifacts_verify() { return std::make_unique<ArtifactsVerify>(); }

}  // namespace mlops::cli
