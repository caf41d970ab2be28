#include <mlops/app/look_inside.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

using domain::Safety;

// As other scanners answer: 0 clean, 1 findings, 2 it can't be told, 3 nothing that can be scanned.
ExitCode exit_code_of(const formats::SetScan& scan, bool strict) {
  switch (scan.safety) {
    case Safety::dangerous:
      return ExitCode::failed;
    case Safety::malformed:
    case Safety::unscannable:
      return ExitCode::usage;
    case Safety::unknown:
      if (!scan.supported) return ExitCode::refused;
      return strict ? ExitCode::failed : ExitCode::done;
    case Safety::allowlisted:
      break;
  }
  return scan.supported ? ExitCode::done : ExitCode::refused;
}

std::string summary_text(const formats::SetScan& scan) {
  if (!scan.supported) return "nothing here is of a format that can be scanned";
  switch (scan.safety) {
    case Safety::allowlisted:
      return "nothing here can run code that is not known to be harmless";
    case Safety::unknown:
      return "it uses things that nobody has looked at: whether they are harmless can't be told";
    case Safety::unscannable:
      return "a part of it can't be looked into, so it can't be called clean";
    case Safety::malformed:
      return "a part of it is broken or ambiguous: what a loader makes of it can't be told";
    case Safety::dangerous:
      break;
  }
  return "loading it can run code or touch files: don't";
}

Tone tone_of(Safety safety) {
  if (safety == Safety::allowlisted) return Tone::good;
  return safety == Safety::unknown ? Tone::warning : Tone::bad;
}

class Scan final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops scan model.pkl", "can loading this run code?"},
         {"mlops scan model/ --strict", "refuse also what nobody has looked at"},
         {"mlops scan churn@7 --json", "a version, for a script"}},
        "Tells whether loading the files can run code: pickles are walked by an abstract machine, archives unpacked, "
        "and everything is judged by its content, whatever its name. Nothing is ever loaded or run. Verdicts, from "
        "harmless to not: allowlisted, unknown, unscannable, malformed, dangerous; only `allowlisted` lets a "
        "version through the check files.safe of a gate.\n\n"
        "Notebooks and Python sources are read too: what they do that makes results hard to repeat is listed as "
        "warnings, which change no verdict.\n\n"
        "Exits 0 when nothing was found (and for `unknown`, unless --strict), 1 for dangerous, 2 for malformed and "
        "unscannable, 3 when no file is of a format that can be scanned, 4 when there is no such file."};
  }

  void declare(Args& args) override {
    args.positional("PATH|MODEL@REF", target_, "a file, a folder or a version", Completes::files);
    args.flag({"--strict"}, strict_, "exit 1 also for what is unknown, as gates do");
  }

  ExitCode run(const Session& session) override {
    const app::ScanOutcome outcome = app::scan(session.context(), {.target = target_});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(name_of(outcome.scan.safety));
    } else {
      print_text(session, outcome);
    }
    return exit_code_of(outcome.scan, strict_);
  }

 private:
  void print_json(const Session& session, const app::ScanOutcome& outcome) const {
    Json files = Json::array();
    for (const auto& file : outcome.scan.files) {
      Json json = Json::object({{"path", file.path}, {"size", file.size}});
      const Json scan = domain::to_json(file.scan);
      for (const auto& [key, value] : scan.as_object()) json.set(key, value);
      files.push_back(std::move(json));
    }
    session.print_json(Json::object({{"path", outcome.version ? Json{} : Json{target_}},
                                     {"version", outcome.version ? Json{outcome.version->text()} : Json{}},
                                     {"verdict", name_of(outcome.scan.safety)},
                                     {"supported", outcome.scan.supported},
                                     {"files", std::move(files)},
                                     {"warnings", warnings_json(outcome.warnings)}}));
  }

  static Json warnings_json(const std::vector<formats::CodeWarning>& warnings) {
    Json list = Json::array();
    for (const auto& warning : warnings) list.push_back(app::to_json(warning));
    return list;
  }

  void print_text(const Session& session, const app::ScanOutcome& outcome) const {
    const Style& style = session.style();
    session.print_line(fmt::format("{}: {}", style.bold(printable(target_)), name_of(outcome.scan.safety)));
    Table table{{"FILE", "FORMAT", "VERDICT", "WHY"}};
    for (const auto& file : outcome.scan.files) {
      const auto& scan = file.scan;
      if (scan.findings.empty()) {
        table.add(
            {{printable(file.path)}, {printable(scan.format)}, {std::string{name_of(scan.safety)}, Tone::good}, {""}});
      }
      for (const auto& finding : scan.findings) {
        const std::string where = finding.where.empty() ? "" : " (" + finding.where + ")";
        table.add({{printable(file.path)},
                   {printable(scan.format)},
                   {std::string{name_of(finding.safety)}, tone_of(finding.safety)},
                   {finding.what + where}});
      }
    }
    session.print(table.text(style, session.columns(), "  "));
    for (const auto& warning : outcome.warnings) {
      session.print_line(
          fmt::format("  {} {}", style.warning("warning"), printable(warning.place() + ": " + warning.what)));
    }
    session.print_line(summary_text(outcome.scan));
  }

  std::string target_;
  bool strict_ = false;
};

}  // namespace

std::unique_ptr<Command> make_scan() { return std::make_unique<Scan>(); }

}  // namespace mlops::cli
